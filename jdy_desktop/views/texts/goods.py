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

#: why a line of a goods workbook stays out, and the cure: shown beside the line, written into the workbook of bad lines
ROWS: dict[str, str] = {
    "row_code_missing": "没有商品代码。填上代码。",
    "row_name_missing": "新商品没有名称。填上商品名称。",
    "row_differs": "和第 {other} 行同一个商品，这里却不同（那里是“{word}”）。改成一样，或清空这一格。",
    "row_not_yes_no": "只能填 是 或 否。改成 是 或 否。",
    "row_rate_over_100": "税率在 0 到 100 之间。改成百分数，例如 13。",
    "row_not_a_number": "不是数字。改成数字，或清空。",
    "row_too_many_places": "最多 {places} 位小数。去掉多出的小数。",
    "row_number_negative": "不能小于 0。改成 0 或以上的数。",
    "row_number_too_large": "数字太大。看看是不是多打了几位。",
    "row_of_refused_goods": "同一个商品的第 {other} 行有问题，这一行也没有导入。改好那一行，一起再导入。",
    "row_attribute_missing": "有属性值，没有辅助属性的名字。填上名字，例如颜色。",
    "row_attribute_repeated": "两个辅助属性同名。改一个名字。",
    "row_attributes_differ": "辅助属性和这个商品的不同（应是 {word}）。改成一样；要换辅助属性在“编辑商品”里换。",
    "row_value_missing": "缺辅助属性的值，看不出是哪个 SKU。填上辅助属性和属性值，例如 颜色 红色。",
    "row_sku_unknown": "这个商品没有这个 SKU 代码。改成已有的代码；要新增 SKU 就填上属性值。",
    "row_sku_repeated": "和第 {other} 行是同一个 SKU。删掉一行。",
    "row_too_many_values": "一个辅助属性最多 {limit} 个值（1688 的限制）。去掉几个。",
    "row_code_taken": "代码 {taken} 已经有别的商品在用。换一个代码。",
    "row_barcode_taken": "条码 {barcode} 已经有[ {owner} ]在用。换一个条码。",
    "row_text_too_long": "最多 {limit} 个字。改短。",
    "row_values_repeated": "和这个商品另一行的属性组合相同。改一行，或删一行。",
    "row_cell_is_a_date": "Excel 把它当成了日期。把这一格设成文本，重新填。",
    "row_cell_is_true_or_false": "是 TRUE 或 FALSE。重新填。",
    "row_cell_not_a_number": "不是数字。改成数字，或清空。",
    "row_error_cell": "公式出错。改好公式，或填上值。",
    "row_formula_without_result": "公式还没有算出结果。在 Excel 里打开存一次，再导入。",
    "row_cell_merged": "是合并的单元格。取消合并，每一行都填上。",
    "row_code_is_a_long_number": "数字太长，Excel 只记得住前 15 位。把这一列设成文本，重新填。",
    "row_code_is_a_fraction": "代码带了小数。把这一列设成文本，重新填。",
    "row_stale": "这个商品刚被别人改过。再导入一次。",
    "row_refused": "这一行不能用。照模板改好。",
}
