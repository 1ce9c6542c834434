"""Sentences of goods: what they are filed under, their pictures, their workbooks."""

GOODS: dict[str, str] = {
    # 商品类别
    "category_name_taken": "同一层里已经有类别“{name}”，没有改动。换一个名称。",
    "category_inside_itself": "类别“{name}”不能移到它自己下面，没有改动。另选一个上级。",
    # 计量单位
    "unit_name_missing": "单位名称不能为空，没有保存。填一个名称，例如箱。",
    "unit_name_taken": "已经有单位“{name}”，没有保存。换一个名称。",
    "unit_unknown": "这个单位刚被删除，没有改动。关掉再打开看新的内容。",
    "unit_ratio_wrong": "换算要大于 0，最多 4 位小数，没有保存。例如 1 箱 = 12 件就填 12。",
    "unit_in_use": "有 {goods} 个商品用单位“{name}”，没有删除。先给它们批量设置别的单位。",
    "unit_is_base": "“{name}”是这一组的基本单位，没有删除。先删这一组的其他单位。",
    # 辅助属性
    "attribute_unknown": "这个辅助属性刚被删除，没有改动。关掉再打开看新的内容。",
    "attribute_name_taken": "已经有辅助属性“{name}”，没有改动。换一个名称。",
    "attribute_in_use": "有 {skus} 个 SKU 用辅助属性“{name}”，没有删除。先在这些商品里换掉。",
    "value_name_taken": "这个辅助属性里已经有“{name}”，没有改动。换一个名称。",
    "value_in_use": "有 {skus} 个 SKU 是“{name}”，没有删除。先在这些商品里换掉。",
    # 图片
    "too_many_pictures": "一个商品最多 {limit} 张图片，没有保存。移除几张再保存。",
    "picture_not_read": "图片 {path} 读不出来，没有添加，商品没有改动。看文件还在不在，再选一次。",
}
