"""The help of each command and option in Chinese, by how it is called.

A line that ends with a Chinese mark goes on with the next; what follows `\\b` stays as it is.
"""

from typing import Final

_JSON: Final = "输出一个 JSON 文档，供程序读取。"
_TYPED: Final = (
    "至少 8 个字符；写在此处，本机其他人可用 ps 看到。不写此项时，在终端上询问两次，"
    "或从管道读取一行。"
)
_UNIT: Final = "所属单位的代码；审计人员、管理员可以不填。"
_ROADS: Final = "主管部门工作人员是否也可以查看道路险情。"
_PARENT: Final = "上级单位的代码，上级也能看到本单位的警情。"
_COMPETENT_UNIT: Final = "本单位主管的单位代码（含其下级），可写多次。"

HELP: Final[dict[str, str]] = {
    "": """野生动物救护与道路排险：可信的记录。

\b
先看一看：      wildlife demo
正式运行：      wildlife station add …，wildlife account add …，wildlife serve

设置取自环境变量：WILDLIFE_DATA_DIR（./var）、WILDLIFE_PORT（8000）、
WILDLIFE_DATABASE_URL（自备的 PostgreSQL；不设则在数据目录中启动一个专用的）。
README 列出全部变量。

退出码：一切正常为 0；发现问题或未能完成为 1；用法或设置有误为 2。""",
    "serve": """启动服务，直到按下 Ctrl-C。

先更新数据表（须有表所有者的登录 WILDLIFE_OWNER_DATABASE_URL，或使用专用数据库）；
表不是最新的就不启动。数据库中没有物种名录时，导入随项目附带的名录。""",
    "serve --photos-lost": "照片库中一张照片都没有时也启动。",
    "demo": """在本机启动全部组件，演示两个故事，直到按下 Ctrl-C。

演示账号共用一个公开的密码，它在别处无法登录。数据库中已有真实数据时不会启动。""",
    "demo --stories": "演示两个故事（默认演示）。",
    "migrate": """以表所有者的身份（WILDLIFE_OWNER_DATABASE_URL）更新数据表。

可以重复运行，也可以多处同时运行。其他命令都与服务一样，用 WILDLIFE_DATABASE_URL 的登录工作。""",
    "rebuild": """按时间线重写由其得出的全部数据，并列出每一处差异。

时间线已损坏的记录不予采信：列出名称，保持原样，退出码为 1。

时间线是记录本身，查询所读的数据由它得出。只有手工改过表、改了规则或时区、
或新版本计算得更多时，才会有差异。""",
    "rebuild --check": "只列出差异；有差异时退出码为 1。",
    "rebuild --json": _JSON,
    "verify": """核验每一起警情的摘要链、总账及其检查点、查阅记录；有不符的，退出码为 1。

逐条核对：条目原文与其摘要及旁列各列，每个摘要与前一个，链尾与警情行，报告人与首条记录。
总账中每条记录有其位置，每个位置有其记录；重新计算散列树，并与每个检查点核对。整起警情连同
所有痕迹一并被删除，或总账末尾被截去，只有存放在别处的检查点能够发现。

用 --since 时：警情只核验该检查点之后有新增记录的（核验其全部记录）；总账在该检查点所涵盖的
散列树之上核验此后的部分和此后的检查点；查阅记录核验此后的各日。更早的警情即使已被更改，也不会
发现；未发现不符时，`wildlife check` 和监控指标不将它计为一次核验。

\b
wildlife checkpoint sign > new.checkpoint
wildlife verify --since last.checkpoint --checkpoint new.checkpoint

未发现不符时，下次即以 new.checkpoint 为起点。

BUNDLE 是作为证据导出的一起警情（`evidence.zip`）：不需要数据库，按包内 verify.py 的方式独立核验，
并指出第一处不符。

\b
wildlife verify --key "$(cat verifier-key.txt)" evidence.zip""",
    "verify --key": "核验证据包时：应由其出具的服务的验证公钥，由其运维人员给出"
    "（`wildlife checkpoint key`）。",
    "verify --checkpoint": "存放在别处的检查点文件或其文件夹，可写多次。"
    "WILDLIFE_CHECKPOINT_DIR 中的总会核对。",
    "verify --since": "此前已全部核验到的检查点：只核验此后新增的内容。更早的记录即使已被更改，也"
    "不会发现，请定期核验全部。",
    "verify --processes": "并行的进程数（默认为处理器核数）。",
    "verify --json": _JSON,
    "station": "单位：办理警情的各单位。",
    "station add": """添加单位；代码 CODE 已有时不作任何改动，请用
`wildlife station change`。

CODE 是警情编号的开头：所在地的 GB/T 2260 代码（一县有多个单位时再加两位自编数字），
或公安机关的十二位单位编码。没有写明发现地点的警情，计入该单位所在地区。

\b
wildlife station add 150425 大局子森林派出所 --kind police_station
wildlife station add 15078201 国有林管理局 --kind state_forest_bureau --region 150782 \\
    --competent-for 1507 --competent-for 1522 --competent-for-unit 150723""",
    "station add --region": "单位所在地区的代码；默认取 CODE 的 4 位或 6 位。",
    "station add --parent": _PARENT,
    "station add --competent-for": "主管的地区代码，可写多次。也没有写单位时，默认为所在地区。",
    "station add --competent-for-unit": _COMPETENT_UNIT,
    "station change": """只改写代码 CODE 的单位中写明的各项，其余不变。

主管范围是一个整体：写了地区或单位，就要把两者全部写出。

\b
wildlife station change 150425 --name 响水森林派出所""",
    "station change --name": "新的名称，用于此后填写的内容。",
    "station change --kind": "另一类型。",
    "station change --region": "此后所在地区的代码。",
    "station change --parent": _PARENT,
    "station change --no-parent": "不再有上级单位。",
    "station change --competent-for": "主管的地区代码，可写多次。",
    "station change --competent-for-unit": _COMPETENT_UNIT,
    "station list": "列出全部单位：代码、名称、类型、上级、地区，以及主管的地区和单位。",
    "station list --json": _JSON,
    "account": "账号：登录使用的人。",
    "account add": """添加账号；警号 BADGE 已有账号时不作任何改动，请用
`wildlife account change`；添加其他任职用 `wildlife account appoint`。

\b
officer    民警：在本单位填写，可读本单位及下级单位的记录
chief      所队领导：可读、可更正本单位及下级单位的记录，在其间移交责任；管理其人员
official   主管部门人员：可读主管范围内的记录，看不到报告人
rescuer    收容救护机构人员：查看、续记由本单位照管的动物
auditor    审计人员：可读报告人以外的全部内容，不能填写
admin      管理员：管理单位、账号和物种名录，不能读记录

\b
wildlife account add 150425001 大局子民警 --role officer --station 150425""",
    "account add --station": _UNIT,
    "account add --sees-roads": _ROADS,
    "account add --originals": "可以调取照片原件，每次调取都有记录。默认只有民警可以。",
    "account add --password": _TYPED,
    "account change": """只改写警号 BADGE 的账号中写明的各项，其余不变。

密码和登录都保留：调到其他单位的民警一秒之内即可继续使用。添加或免去任职，用
`wildlife account appoint` 和 `wildlife account dismiss`。

\b
wildlife account change 150425001 --station 150723""",
    "account change --name": "新的姓名，用于此后填写的内容。",
    "account change --station": "账号调往的单位代码。",
    "account change --originals": "可以或不可以调取照片原件。",
    "account appoint": """为警号 BADGE 的账号添加一项任职；其登录全部失效。

一个账号只能为一个单位填写，不论任何角色。同一单位已有的任职，可用 --sees-roads 或
--no-sees-roads 更改能否查看道路险情；都不写的，不作任何改动。

\b
wildlife account appoint LC1504 official --station 1507 --sees-roads""",
    "account appoint --station": _UNIT,
    "account appoint --sees-roads": "主管部门人员：也可以查看道路险情，或不可以。"
    "不写则已有的任职不变，新任职不可以。",
    "account dismiss": """免去警号 BADGE 的账号的一项任职；其登录全部失效。

\b
wildlife account dismiss LC1504 official --station 1507""",
    "account dismiss --station": "单位代码；在多个单位有同一任职时须写明。",
    "account list": "列出全部账号，每项任职一行：警号、姓名、角色、单位、能否查看道路险情、"
    "能否调取原件、凭密码还是由身份提供方登录、是否锁定。",
    "account list --json": _JSON,
    "account show": """显示警号 BADGE 的账号，各项同 `wildlife account list`。

\b
wildlife account show 150425001""",
    "account show --json": _JSON,
    "account password": """设置新密码，该账号的登录全部失效：手机丢失时使用。

民警在另一部手机上用新密码继续。已停用的账号仍然锁定。

\b
wildlife account password 150425001""",
    "account password --password": _TYPED,
    "account leave-to-provider": """取消主管部门工作人员或审计人员的密码，改由身份提供方登录。

该账号的登录全部失效。身份提供方首先以警号 BADGE 登录的人员取得该账号，此后其角色由身份提供方决定。
`wildlife account password` 可以改回密码登录。

\b
wildlife account leave-to-provider LC1504""",
    "account disable": """锁定账号：民警离职时使用。其登录在一秒之内全部失效。

手机丢失时换新密码即可：wildlife account password BADGE。

\b
wildlife account disable 150425001""",
    "account enable": """恢复已停用的账号，密码不变。

\b
wildlife account enable 150425001""",
    "refused": """被拒收而留存、须由人查看的内容。

内容本身由所队领导和民警通过接口查看（GET /refused），并接受登记或不予登记。""",
    "refused list": """列出尚无人处理的内容，最早的在前，并按单位和原因统计条数：
编号、接收时间、单位、警号、拒收原因、警情。

\b
wildlife refused list --station 150425""",
    "refused list --station": "所属单位的代码；不填为全部单位。",
    "refused list --settled": "改为列出已接受登记、不予登记或此后已登记的内容。",
    "refused list --json": _JSON,
    "refused show": """显示 REFUSED_ID 的登记情况：由谁报送、为何拒收、如何处理。
内容本身已加密，只供所属单位查看。

\b
wildlife refused show 01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f""",
    "refused show --json": _JSON,
    "subscription": "订阅：有新内容时，以 webhook 或邮件推送给谁。",
    "subscription list": """列出全部订阅：编号、所有者警号、名称、送达地址、状态、已送达条数，
以及何时起失败或停止、原因、对方答复的状态码。""",
    "subscription list --json": _JSON,
    "subscription restart": """让失败或停止的订阅从停止处立即继续。

\b
wildlife subscription restart 01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f
wildlife subscription restart --restored""",
    "subscription restart --restored": "因恢复备份而停止的全部订阅。",
    "device": "设备：各单位的手机，在其上登录长期有效。",
    "device add": """为单位添加一部手机，并显示登记码：一天之内，一部手机可凭它成为该设备。

登记码以文字和二维码显示，此后不再显示：如需另一个，请停用该设备并重新添加。

\b
wildlife device add 一号机 --station 150425""",
    "device add --station": "所属单位的代码。",
    "device list": "列出全部设备：编号、名称、单位、登记完成和最近使用时间、已登录人员、停用时间。",
    "device list --json": _JSON,
    "device cut-off": """停用丢失的手机，不可恢复：设备 DEVICE_ID 上的登录在一秒之内全部失效，
此后谁也不能在其上登录。

\b
wildlife device cut-off 01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f""",
    "species": "物种名录。",
    "species import": """从 CSV（UTF-8）或 XLSX 文件导入物种名录：要么全部导入，要么一条也不导入。

首行为列名：至少有 scientific_name（学名）、chinese_name（中文名）、protection（保护级别）
和 list（名录）；可另有 aliases（别名）、pinyin、english_name、class（纲）、order（目）、
family（科）、alien、native_to（自然分布）、authority（主管部门）、population（种群）、
valid_from、valid_to 和 note。有问题的行逐一列出。

不写文件时，导入本版本自带的名录，它优先于同一日期的改动。

地方名录须附一个公布它的 CSV，其 jurisdiction 为适用地区代码的开头。公布之后即为已知。

\b
wildlife species import 名录.xlsx --expect SANYOU-2023-17=1924
wildlife species import 内蒙古.xlsx --lists 内蒙古名录.csv""",
    "species import --lists": "公布名录的 CSV 或 XLSX："
    "list,title,issued_by,valid_from,valid_to,taxa,jurisdiction。",
    "species import --expect": "某名录的物种数不符时，拒绝导入。",
    "media": "照片文件：位于 WILDLIFE_MEDIA_URL 或数据目录。",
    "media check": """重新读取每一张原件，与其 SHA-256 比对。

列出缺失或改变的原件，此时退出码为 1；也列出没有条目引用的孤立文件，由 `sweep` 移走。
加 --pixels 时，还列出与重新解码结果不符的记录，以及现在无法解码的照片。""",
    "media check --pixels": "同时重新解码每张照片，约每秒三张。",
    "media check --json": _JSON,
    "media sweep": """移走没有条目引用、且超过一天的文件。

它们由中断留下：存下而未登记的照片及其缩略图、不完整的文件。原件先移到 swept/，一个月后删除；
如有时间线引用它，`check` 会放回。服务运行时也可使用。""",
    "media take-over": """让照片存储从此属于本数据库，不再属于原来的数据库。

用于恢复或迁移之后、原来的数据库不再使用时：此后原来的数据库在该存储上无法启动。""",
    "media retry": """重新为所有没有缩略图的照片生成缩略图。

包括已经放弃的（如解码器升级之后）和等待重试的。服务会在一分钟左右生成。""",
    "key": "封存报告人所用的密钥：位于 WILDLIFE_KEY_FILE 或数据目录。",
    "key rotate": """更换密钥；期间服务可以继续运行，全部内容仍可读取。

生成新密钥，把已封存的内容重新封存，旧密钥放在新密钥旁边，用于打开此前的备份。
中断后再次运行即可继续。以表所有者的身份（WILDLIFE_OWNER_DATABASE_URL）工作。之后请备份。""",
    "key lost": """在没有密钥的情况下继续：登记密钥 KEY（启动时所说的名称）已彻底遗失。

此前的报告人以及未被接受而留存的内容，从此谁也无法读取；除非找到密钥，否则不可挽回。
由它封存的内容仍然保存，并注明密钥何时遗失。会生成新密钥，或采用文件中现有的那个。
请先在各处寻找密钥的副本。以表所有者的身份（WILDLIFE_OWNER_DATABASE_URL）工作。

\b
wildlife key lost 1f0a9b3c""",
    "key found": """用存有密钥的文件 FILE，重新读取由遗失的密钥封存的内容。

全部用现用密钥重新封存；期间服务可以继续运行，中断后再次运行即可继续。
以表所有者的身份（WILDLIFE_OWNER_DATABASE_URL）工作。之后请备份。

\b
wildlife key found /media/usb/informants.key""",
    "checkpoint": "检查点：记录总数及其散列树的根，并经签署。",
    "checkpoint sign": """签署新增的记录，输出涵盖全部记录的检查点（签名文本），供存放在别处。

此后被删除或更改的内容与它不再相符：`wildlife verify --checkpoint 文件`。

\b
wildlife checkpoint sign > /mnt/worm/2026-11-28.checkpoint""",
    "checkpoint key": """显示验证公钥，他人凭它识别本服务的检查点。

请以核验者信得过的途径交给对方：与待核验内容一同送来的公钥没有意义。""",
    "checkpoint renew-key": """此后改用新密钥签署：用于密钥遗失、泄露，或恢复了较早的备份之后。

旧密钥放在新密钥旁边。核验者须改用随即显示的新验证公钥；此前签署的仍用旧公钥识别。""",
    "backup": """把数据库和照片备份到已有的文件夹 DIR；期间服务可以继续运行。

备份的是某一时刻的数据库，以及它当时列出的每一张照片；照片只复制 DIR 中各备份都没有的，
复制时逐张核对 SHA-256。全部写入磁盘之后才算有了备份，否则就没有。手机尚未传完的内容不在其中，
手机会重新发送；缩略图和导出文件也不在其中，可以重新生成。密钥也不在其中：它能打开报告人信息，
请另处保存其副本。设置及其中的密码请自行保存。

自备的 PostgreSQL，如 PATH 中的 pg_dump 与其版本最接近，就用它。`wildlife restore DIR` 恢复备份。

\b
wildlife backup /mnt/disk/backups --keep 30
wildlife backup /mnt/disk/backups --verify""",
    "backup --keep": "保留最新的若干个，更早的删除。",
    "backup --verify": "不做备份：读取 DIR 中的全部内容，列出已改变的。",
    "restore": """把 DIR 中的备份恢复到空的数据库和空的照片存储。

先检查备份，再放回照片，逐张核对 SHA-256，最后恢复数据库，要么全部恢复，要么什么也不做；
然后更新数据表，并全部核验。由更高版本生成的备份不予恢复。中断后再次运行即可继续，
完成之前服务不会启动。请先放回密钥：原处，或 WILDLIFE_KEY_FILE 所指之处。
自备的 PostgreSQL 需要两个登录，与 `wildlife migrate` 相同。

\b
WILDLIFE_DATA_DIR=/srv/wildlife wildlife restore /mnt/disk/backups
wildlife restore /mnt/disk/backups --backup 20261128T150012Z""",
    "restore --backup": "恢复哪一个，写其名称；不写则为最新的。",
    "restore --photos-lost": "备份中已损坏的照片不再恢复，继续恢复其余内容。",
    "synth": """用虚构的记录填充一个空数据库，数量可达一省多年之多。

用来了解服务在这样的数据量下如何：列表、搜索、导出和统计。数据库中已有任何记录、单位或账号的，
不予填充。种子相同，记录就相同。其间其他人不能使用该数据库；按 Ctrl-C 则恢复原状。

不加 --timelines 时，只有查询所读的数据，没有得出它们的时间线：本版本可以列出、
查看警情，不能续记。照片没有文件（仍要启动服务：`wildlife serve --photos-lost`），
报告人视为已删除。

一百万条放归，在两个空闲的处理器核上约需一刻钟，占用 20 GB；加 --timelines 约需一小时，
占用约为两倍。

可供搜索的词：几乎每起救护都有“民警”，每一千条放归中有一条有“白化”，总共三条有“龙卷风”。
账号为演示的账号及同类账号，使用演示的密码，只能登录演示。

\b
WILDLIFE_DATA_DIR=./synth wildlife synth --releases 100000
WILDLIFE_DATA_DIR=./synth wildlife demo --no-stories""",
    "synth --releases": "放归记录的条数（默认 10000）；三起救护中约有两起以放归结束。",
    "synth --hazards": "道路险情的起数（默认为放归条数的十分之一）。",
    "synth --from": "第一天（默认 2015-01-01）。",
    "synth --to": "最后一天（默认 2024-12-31）。",
    "synth --timelines": "同时生成完整的时间线，逐条相链：可以核验、重建，也可以续记。",
    "synth --seed": "种子；换一个数就是另一批记录（默认 1）。",
    "synth --processes": "同时生成记录的进程数（默认与处理器核数相同）。",
    "check": """一次检查服务是否一切正常；有故障时退出码为 1。

检查设置、监听地址、数据库、策略、数据表、登录权限、备库、密钥、目录、照片库、照片、隐匿位置、身份提供方、磁盘、时钟、备份和上次核验：
每项为正常、警告，或故障及处理办法；数据库连不上时无从得知的，为未检查。凡会使服务无法启动的，
都报为故障，说法相同。不改动任何内容，服务运行时也可使用。

\b
wildlife check --strict""",
    "check --strict": "供定时任务使用：警告也算故障，服务没有响应也算。",
    "check --json": _JSON,
}
