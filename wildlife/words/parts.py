"""What the parts of the API are called, and what stands in its addresses."""

from typing import Final

TAGS: Final = {
    "session": "登录与退出。Signing in and out: who asks, and what they may.",
    "incidents": "警情及其时间线。Incidents: opened, added to, read. Each is its timeline.",
    "photos": "照片：原件与缩略图。Photos: as they came, and in sizes for a screen.",
    "uploads": "照片分段上传（tus 1.0.0）。Photos in parts, over one bar of signal (tus 1.0.0).",
    "papers": "纸质文书：可打印的凭证、登记表和记录。Official papers, to be printed.",
    "sync": "离线内容同步。What a phone gathered without a network, in one request.",
    "changes": "变化：供其他系统接续读取。What is new, for other systems.",
    "receipts": "收执：哪些已经存妥。What is held for good, so that a phone may forget it.",
    "animals": "动物清单。Animals, by what became of them.",
    "releases": "放归清单。Releases to the wild.",
    "transfers": "移交清单。Animals that changed hands.",
    "hazards": "道路险情清单。Road hazards.",
    "subscriptions": "订阅：有新内容时推送给其他系统（webhook）或发送邮件。What is new, told to"
    " other systems and by mail as it comes.",
    "feeds": "取数地址：供 Excel、Power BI 定时取数。Where a spreadsheet fetches a list again.",
    "exports": "后台导出：生成、查看进度、断点续传下载。Long answers made in the background.",
    "statistics": "统计与年度报告。How many there are of what is listed, and the annual report.",
    "species": "物种名录及保护级别。The register of species, with their protection as of a day.",
    "devices": "设备登记与停用。The phones of a unit: added, enrolled by a code, cut off.",
    "people": "人员管理。Accounts, units and devices: who manages them, and what happened to them.",
    "accesses": "查阅记录。The access log: who read what, for who audits.",
    "ledger": "总账：供外部核验的检查点和散列。The ledger of all entries, for who verifies it.",
    "stations": "各级单位。Units, with their codes and their place in the tree.",
    "vocabularies": "代码及其中英文名称。Every code, with its Chinese and English label.",
    "operation": "供运维人员使用。For those who run the service.",
}

# What stands in an address means the same in all of them.
IN_PATHS: Final = {
    "incident_id": "警情 UUID。The incident's id.",
    "photo_id": "照片编号（UUID）。The photo's id, which the phone gives it.",
    "paper": "文书种类。Which paper: a code of `paper` in `GET /vocabularies`.",
    "upload_id": "上传编号（UUID）。The upload's id, which ends its Location.",
    "feed_id": "取数地址编号（UUID）。The feed's id, which who made it gave it.",
    "subscription_id": "订阅编号（UUID）。The subscription's id, which who subscribed gave it.",
    "export_id": "导出编号（UUID）。The export's id, which who asked for it gave it.",
    "refused_id": "留存编号（UUID）。The id of what was kept, as `GET /refused` tells it.",
    "device_id": "设备编号（UUID）。The device's id, which its chief gave it.",
    "badge": "警号。Badge number of the account.",
    "station_code": "单位代码。The unit's code, as `150425`.",
    "day": "日期。The day, in the service's zone, as `2024-08-04`.",
    "level": "散列树层级。The level of the tree, from 0; or `entries`.",
    "index": "分块序号。The number of the tile, as C2SP tlog-tiles writes it: `x001/234`, with"
    " `.p/5` of one that is not full.",
    "species_id": "物种编号。The species' id in the register, as `phalacrocorax_carbo`.",
}
