"""Sentences of this PC: database, disk, printer, key store, backup, workbooks."""

MACHINE: dict[str, str] = {
    "local_error": "这台电脑上的一步没有做成，数据没有丢。再试一次。",
    "database_busy": "账套正被别的窗口写入，这次没有保存，内容还在屏幕上。稍等几秒再按一次。",
    "database_too_new": "账套 {path} 是更新版本的程序写的，没有打开，也没有改动。先升级程序。",
    "not_our_database": "{path} 不是本程序的账套，没有打开，也没有改动。选另一个文件。",
    "database_corrupt": "账套文件有损坏，没有打开，原文件没有动。用“从备份恢复”选最近的备份。",
    "database_read_only": "账套文件是只读的，这次没有保存，内容还在屏幕上。检查文件夹权限后再按一次。",
    "database_cannot_open": "打不开账套文件，没有改动任何内容。检查文件是否还在、磁盘是否接好，再试一次。",
    "disk_full": "磁盘已满，没有保存，内容还在屏幕上。腾出空间后再按一次。",
    "disk_write_failed": "磁盘写入失败，没有保存，内容还在屏幕上。检查磁盘后再按一次。",
    "sqlite_too_old": "数据库组件版本 {found} 太旧，可能损坏账套，没有打开，也没有改动。重新安装程序。",
    "pragma_refused": "数据库不接受安全设置 {name}，没有打开账套，也没有改动。把账套放在本机硬盘上再试。",
    "printer_missing": "没有找到打印机[ {name}]，单据和预订单都已保存。接好打印机再按 F8。",
    "print_failed": "没有打印出来[（{reason}）]，单据和预订单都已保存。看打印机有没有纸、有没有接好，再按 F8。",
    "secret_store_missing": "这台电脑没有密钥库，授权只在本次运行有效，不会写到磁盘，数据没有丢。下次打开要重新授权。",
    "seal_broken": "店铺授权是在另一台电脑上保存的，这里打不开，数据没有丢。点“店铺验权”重新授权一次。",
    "backup_failed": "备份没有做成（{reason}），账套本身没有丢。检查磁盘空间，到“设置—备份”再试一次。",
    "market_not_started": "练习市场没有启动，数据没有丢。关掉程序重新打开再试。",
    "excel_rows": "表格里有 {count} 行没有导入，其余照常。按“下载错误数据文件”看原因。",
    "file_not_written": "没有写到 {path}[（{reason}）]，单据没有丢。换一个文件夹再存一次。",
    "export_failed": "没有导出到 {path}[（{reason}）]，原来的文件没有动。如果它正在 Excel 里打开，关掉再试。",
}
