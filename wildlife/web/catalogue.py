"""Every error that the service answers, in one catalogue: `problems` raises them by code.

A code is stable and never reused. Each says in one sentence what is wrong and how to put it right,
in English and in Chinese.
"""

from typing import Final, Literal, TypeAlias

import msgspec

from wildlife.words.sentences import Sentence

Case: TypeAlias = Literal["whole", "near", "absent", "choice"]
"""It is the body as a whole; something near is known and offered behind it; nothing was given; or
there are codes to choose from."""


class ProblemType(msgspec.Struct, frozen=True):
    """A problem type (RFC 9457); the words in braces are filled in where it is raised."""

    status: int
    title: str
    title_zh: str
    detail: str
    detail_zh: str
    otherwise: dict[Case, Sentence] = {}
    """What is said in its place in some cases."""


# Codes of earlier versions: whoever knew them must not take another error for theirs.
RETIRED: Final = ("image_too_large",)

CATALOGUE: Final[dict[str, ProblemType]] = {
    # -- the request as such
    "empty_body": ProblemType(
        400,
        "The body is empty",
        "请求没有内容",
        "Send what is asked for here as JSON in the body; /docs shows an example.",
        "请以 JSON 格式在请求中发送内容；示例见 /docs。",
    ),
    "malformed_json": ProblemType(
        400,
        "The body is not JSON",
        "请求内容不是有效的 JSON",
        "{reason}",
        "{reason}",
    ),
    "invalid_parameter": ProblemType(
        400,
        "A parameter is wrong",
        "参数有误",
        "Parameter {name} was {given}; it should be {one_of}.",
        "参数 {name} 填的是{given}，应为{one_of}。",
        {
            "absent": Sentence(
                "Parameter {name} is missing; it should be {one_of}.",
                "缺少参数 {name}，应为{one_of}。",
            ),
            "near": Sentence("Parameter {name} was {given}.", "参数 {name} 填的是{given}。"),
        },
    ),
    "unknown_parameter": ProblemType(
        400,
        "Unknown parameter",
        "未知参数",
        "There is no parameter {name} here; there are {expected}.",
        "此处没有参数 {name}。可用的参数：{expected}。",
        {
            "near": Sentence(
                "There is no parameter {name} here.",
                "此处没有参数 {name}。",
            ),
        },
    ),
    "missing_parameter": ProblemType(
        400,
        "A parameter is missing",
        "缺少参数",
        "Parameter {name} is required here.",
        "此处必须给出参数 {name}。",
    ),
    "bad_request": ProblemType(
        400,
        "The request can't be understood",
        "无法识别该请求",
        "{reason}",
        "请检查地址、参数、请求头和内容是否完整、正确。",
    ),
    "not_found": ProblemType(
        404,
        "There is no such thing",
        "未找到该记录",
        "Nothing that you may see is at this address. Check the id, and whether it belongs to your"
        " unit.",
        "该地址没有你可以查看的记录。请核对编号，并确认该记录属于你的单位。",
    ),
    "informant_erased": ProblemType(
        410,
        "Who reported was erased",
        "报告人信息已删除",
        "{reason} The timeline is whole. Whoever is to be told of all the same is named anew, by an"
        " entry `informant`.",
        "{reason}警情的各条记录完好。如需重新登记报告人，请追加一条 `informant` 记录。",
    ),
    "key_lost": ProblemType(
        410,
        "Who reported can't be read any more",
        "报告人信息已无法读取",
        "{reason} It is kept, and read again if the key is found. The timeline is whole. Who is"
        " known all the same is named anew, by an entry `informant`.",
        "{reason}内容仍然保存，找到密钥后即可读取。警情的各条记录完好。仍知道报告人的，"
        "请追加一条 `informant` 记录。",
    ),
    "changes_lost": ProblemType(
        410,
        "The place is lost",
        "所读位置已不存在",
        "What is new can't be told from this place on: the database was brought back from a backup"
        " that is older than it. Begin again with `since`, at the time of the last entry that you"
        " have, and drop by `incident_id` and its id what you have already.",
        "无法从该位置继续读取：数据库已由更早的备份恢复。请用 `since` 从已有的最后一条记录的时间"
        "重新开始，并按警情编号（`incident_id`）和记录编号去掉已有的记录。",
    ),
    "method_not_allowed": ProblemType(
        405,
        "Not possible here",
        "该地址不支持此操作",
        "This address takes {expected}.",
        "该地址支持的方法：{expected}。",
    ),
    "not_acceptable": ProblemType(
        406,
        "No such format",
        "不支持该格式",
        "Of the formats that Accept names there is none here. Ask for {expected}, or leave Accept"
        " out.",
        "此处不提供所要求的格式。可选格式：{expected}；也可不指定格式。",
    ),
    "body_too_large": ProblemType(
        413,
        "The body is too large",
        "内容过大",
        "At most {expected} bytes are taken here. Send less, or send photos one by one.",
        "此处最多接收 {expected} 字节。请减少内容，或逐张发送照片。",
    ),
    "address_too_long": ProblemType(
        414,
        "The address is too long",
        "地址过长",
        "With its parameters it may have {expected} bytes. Ask for less, or search for fewer"
        " words.",
        "地址连同参数最多 {expected} 字节。请减少条件或缩短搜索文字。",
    ),
    "headers_too_large": ProblemType(
        431,
        "The headers are too large",
        "请求头过大",
        "All together they may have {expected} bytes. Leave out those that are not asked for here.",
        "请求头合计最多 {expected} 字节。请去掉不需要的请求头。",
    ),
    "unsupported_media_type": ProblemType(
        415,
        "This kind of body is not taken",
        "不支持此类内容",
        "Send {expected}; this was “{given}”.",
        "请发送 {expected}；本次收到的是“{given}”。",
    ),
    # -- who asks
    "unauthenticated": ProblemType(
        401,
        "Sign in first",
        "请先登录",
        "Send Authorization: Bearer with the access_token that POST /api/v1/session gives.",
        "请在请求头 Authorization: Bearer 中填入 POST /api/v1/session 返回的 access_token。",
    ),
    "invalid_token": ProblemType(
        401,
        "The token is not valid",
        "令牌无效",
        "It is unknown, expired or revoked. Refresh it or sign in again; nothing is lost.",
        "令牌不存在、已过期或已撤销。请刷新令牌或重新登录；数据不会丢失。",
    ),
    "invalid_feed": ProblemType(
        401,
        "Nothing is fetched here with this",
        "取数地址或密码无效",
        "Sign in by HTTP Basic with the feed's id as the user name and its password. If it expired,"
        " was ended, or its owner's account changed, its owner makes it anew: POST /api/v1/feeds.",
        "请用基本认证（`Basic`）登录：用户名为取数地址编号，密码为其密码。如已过期、已删除，"
        "或其所有人的账号有变更，请由所有人重新建立：POST /api/v1/feeds。",
    ),
    "token_reused": ProblemType(
        401,
        "The session was ended",
        "登录已失效",
        "This refresh token had been replaced, and the new one used: somebody has a copy. All"
        " tokens of the session are revoked, and who manages your account sees that as an alarm."
        " Sign in again; if a phone of yours is lost, have it cut off, and if somebody may know"
        " your password, set another. Nothing is lost.",
        "该刷新令牌已换新，且新令牌已经使用，说明有人持有其副本。本次登录的所有令牌均已撤销，"
        "管理你账号的人员会看到这条警示。请重新登录；如手机遗失，请让其停用该设备；"
        "如密码可能已被他人知道，请更换密码。数据不会丢失。",
    ),
    "wrong_credentials": ProblemType(
        401,
        "Badge number or password is wrong",
        "警号或密码错误",
        "Check both; after a change of password use the new one.",
        "请核对警号和密码；若已修改密码，请使用新密码。",
    ),
    "wrong_password": ProblemType(
        403,
        "The password is wrong",
        "原密码错误",
        "`password` is not that of your account, and nothing was changed. Whoever has forgotten it"
        " asks their chief or an administrator for a new one.",
        "`password` 不是你的账号现用的密码，未作任何改动。如已忘记，请本单位领导或管理员重设。",
    ),
    "too_many_attempts": ProblemType(
        429,
        "Wait before the next attempt",
        "请稍后再试",
        "Too many wrong passwords came with this badge number or from this address. Try again in"
        " {expected} seconds; the account is not locked.",
        "该警号或该地址输错密码的次数过多。请在 {expected} 秒后重试；账号未被锁定。",
    ),
    "too_many_requests": ProblemType(
        429,
        "Too many requests",
        "请求过于频繁",
        "More than {expected} requests a minute {reason}. Send the same again in {given} seconds:"
        " nothing is filed twice.",
        "{reason}超过了每分钟 {expected} 个。请在 {given} 秒后原样重发：不会重复登记。",
    ),
    "demo_password": ProblemType(
        403,
        "This password is public",
        "该密码是公开的演示密码",
        "It works in a demo only. Ask your chief or an administrator for another; whoever runs the"
        " service sets one by: wildlife account password BADGE.",
        "该密码仅可用于演示。请本单位领导或管理员设置新密码；服务运维人员可用"
        " wildlife account password 警号 设置。",
    ),
    "forbidden": ProblemType(
        403,
        "Your role does not allow this",
        "你的角色无此权限",
        "{reason}",
        "{reason}",
    ),
    "not_responsible": ProblemType(
        403,
        "Another station's incident",
        "其他单位负责的警情",
        "You may read it; only the station that is responsible for it adds to it. Ask that station"
        " for a handover.",
        "你可以查看，但只有责任单位可以追加记录。请联系责任单位办理移交。",
    ),
    "no_longer_responsible": ProblemType(
        403,
        "The incident was handed over",
        "该警情已移交",
        "“{expected}” is responsible for it since. Your station may still file what happened "
        "before the handover, correct its own entries (not the opening), and add notes and "
        "photos.",
        "此后由“{expected}”负责。你单位仍可补报移交前发生的情况、更正本单位的记录（登记信息除外）、"
        "补充备注和照片。",
    ),
    "not_in_custody": ProblemType(
        403,
        "Not in your unit's custody then",
        "当时不由你单位照管",
        "Your unit adds to what is in its custody: to animals that went to it, from the transfer"
        " until they went on, by the time at which something happened (`happened_at`). Of a photo,"
        " say by `about` which of them it shows. Look at the time and the animal; else ask"
        " the station that handed it over to record it.",
        "你单位只能为由本单位照管的动物追加记录：自移交至你单位起、至转出为止，以发生时间"
        "（`happened_at`）为准；照片请用 `about` 注明拍摄的是哪只动物。请核对时间和动物序号；"
        "如仍需补记，请联系移交单位。",
    ),
    "unknown_device": ProblemType(
        403,
        "The device may not sign in",
        "该设备不能登录",
        "`device_token` is of no enrolled device: it was cut off, or another phone was enrolled by"
        " the same code. What the phone holds is not lost. Ask the chief for a new code, or sign in"
        " without `device_token`, for some hours.",
        "`device_token` 不属于已登记的设备：设备已停用，或另一部手机已用同一登记码完成登记。"
        "手机上的内容不会丢失。请向所队领导索取新的登记码；也可不填 `device_token` 临时登录。",
    ),
    "invalid_enrolment_code": ProblemType(
        403,
        "The enrolment code does not hold",
        "设备登记码无效",
        "There is no such code, or it has expired, or a phone was enrolled by it: each is for one"
        " phone and holds for a day. Check it, or ask the chief for a new one.",
        "登记码不存在、已过期，或已有手机用它完成登记：每个登记码只供一部手机使用，一天内有效。"
        "请核对，或向所队领导索取新的登记码。",
    ),
    "already_enrolled": ProblemType(
        409,
        "The device is enrolled already",
        "设备已登记",
        "A phone is this device already, or it is cut off. Add the other phone as a device of its"
        " own.",
        "该设备已由一部手机完成登记，或已停用。请将另一部手机作为新设备添加。",
    ),
    "not_your_unit": ProblemType(
        403,
        "Another unit's people",
        "不属于你管理的单位",
        "A chief manages the accounts, units and devices of the own unit and those below. Ask the"
        " chief of that unit, or an administrator.",
        "所队领导只能管理本单位及下级单位的账号、单位和设备。请联系该单位的领导或管理员。",
    ),
    "own_account": ProblemType(
        403,
        "Your own account",
        "你本人的账号",
        "Nobody manages their own account. Another chief, or an administrator, changes it; your"
        " password you change by `PUT /api/v1/session/password`.",
        "任何人不能管理本人的账号。请由其他所队领导或管理员修改；本人密码可用"
        " `PUT /api/v1/session/password` 修改。",
    ),
    "admin_only": ProblemType(
        403,
        "An administrator decides this",
        "须由管理员办理",
        "{reason}",
        "{reason}",
    ),
    "originals_forbidden": ProblemType(
        403,
        "Originals need a permission of their own",
        "原始照片需单独授权",
        "You may see the photo's thumbnail and screen size. Ask an administrator for the"
        " permission (`sees_originals`).",
        "你可以查看缩略图和预览图。如需原始照片，请向管理员申请授权（`sees_originals`）。",
    ),
    # -- signing in by an identity provider
    "oidc_not_set_up": ProblemType(
        404,
        "There is no identity provider here",
        "未设置身份提供方",
        "Sign in with badge number and password: POST /api/v1/session.",
        "请用警号和密码登录：POST /api/v1/session。",
    ),
    "oidc_begin_again": ProblemType(
        403,
        "The sign-in has to begin again",
        "请重新开始登录",
        "{reason} This signed nobody in. Begin again at GET /api/v1/session/oidc, in this browser.",
        "{reason}本次未登录。请在同一浏览器中从 GET /api/v1/session/oidc 重新开始。",
    ),
    "oidc_denied": ProblemType(
        403,
        "The identity provider did not sign you in",
        "身份提供方未允许登录",
        "You, or the identity provider, broke the sign-in off. Begin again at GET"
        " /api/v1/session/oidc; if it goes on so, ask who runs the provider.",
        "本人取消了登录，或身份提供方拒绝了登录。请从 GET /api/v1/session/oidc 重新开始；"
        "如仍不行，请联系身份提供方的管理人员。",
    ),
    "oidc_not_admitted": ProblemType(
        403,
        "You may not use this service",
        "你不能使用本服务",
        "{reason} Nobody was signed in. Ask the administrator of this service.",
        "{reason}未登录。请联系本服务的管理员。",
    ),
    "oidc_unfit_answer": ProblemType(
        502,
        "The identity provider's answer is not fit",
        "身份提供方的回答不可用",
        "The identity provider answered, and its answer can't be gone by. {reason} Nobody was"
        " signed in. Tell the operator.",
        "身份提供方的回答不可用。{reason}未登录，请通知运维人员。",
    ),
    "oidc_unavailable": ProblemType(
        503,
        "The identity provider is away",
        "身份提供方暂时不可用",
        "{reason} Nobody was signed in. Begin again in a moment; who is signed in goes on.",
        "{reason}未登录。请稍后重新开始；已登录的不受影响。",
    ),
    # -- what was sent
    "unknown_field": ProblemType(
        422,
        "Unknown field",
        "未知字段",
        "There is no field {name} here; there are {expected}.",
        "此处没有字段 {name}。可填的字段：{expected}。",
        {
            "near": Sentence(
                "There is no field {name} here.",
                "此处没有字段 {name}。",
            ),
        },
    ),
    "missing_field": ProblemType(
        422,
        "A field is missing",
        "缺少字段",
        "{field} is missing; it is required.",
        "缺少{field}，必须填写。",
        {
            "choice": Sentence(
                "{field} is missing; it is required, as one of {expected}.",
                "缺少{field}，必须填写。可填：{expected}。",
            ),
        },
    ),
    "wrong_type": ProblemType(
        422,
        "Wrong type",
        "数据类型错误",
        "{field} was {given}; it should be {one_of}.",
        "{field}填的是{given}，应为{one_of}。",
        {
            "whole": Sentence(
                "The body was {given}; it should be {one_of}.",
                "请求内容是{given}，应为{one_of}。",
            )
        },
    ),
    "unknown_code": ProblemType(
        422,
        "Unknown code",
        "未知代码",
        "{field} was {given}, which is none of its codes: {expected}.",
        "{field}填的是{given}，没有这个代码。可填：{expected}。",
        {
            "near": Sentence(
                "{field} was {given}, which is none of its codes.",
                "{field}填的是{given}，没有这个代码。",
            ),
        },
    ),
    "invalid_value": ProblemType(
        422,
        "A value is out of bounds",
        "填写内容不符合要求",
        "{field} was {given}; it should be {one_of}.",
        "{field}填的是{given}，应为{one_of}。",
        {
            "whole": Sentence(
                "The body was {given}; it should be {one_of}.",
                "请求内容是{given}，应为{one_of}。",
            )
        },
    ),
    "nothing_said": ProblemType(
        422,
        "It says nothing",
        "没有填写内容",
        "Say at least one of {expected}; what is worth remembering beside them is a note.",
        "请至少填写一项：{expected}。其他需要记录的情况请登记为备注。",
    ),
    "invalid_time": ProblemType(
        422,
        "Not a time",
        "时间格式错误",
        "{field} was {given}, which can't be read as a time; write it like "
        "2024-07-29T15:20:00+08:00.",
        "{field}填的是{given}，不是规定的时间格式；请写成 2024-07-29T15:20:00+08:00 的样式。",
    ),
    "time_without_offset": ProblemType(
        422,
        "A time needs its offset",
        "时间缺少时区",
        "{field} was {given}, which does not say in which zone; add its offset, e.g. +08:00.",
        "{field}填的是{given}，没有写明时区；请在末尾加上，如北京时间为 +08:00。",
    ),
    "time_in_future": ProblemType(
        422,
        "A time lies in the future",
        "时间晚于当前时间",
        "{field} was {given}; it should be no later than {expected}. Check the phone's clock.",
        "{field}填的是{given}，不应晚于 {expected}。请检查手机的时间设置。",
    ),
    "unknown_species": ProblemType(
        422,
        "Unknown species",
        "未知物种",
        "No species {given} is in the register. Search with GET /api/v1/species?q=…",
        "物种名录中没有{given}，请填写物种的 `species_id`，可用 GET /api/v1/species?q=… "
        "按名称查询。",
        {"near": Sentence("No species {given} is in the register.", "物种名录中没有{given}。")},
    ),
    "unknown_animal": ProblemType(
        422,
        "No such animal",
        "未找到该动物",
        "{field} was {given}; this incident's animals are {expected}.",
        "{field}填的是{given}，本起警情的动物编号有：{expected}。",
    ),
    "unknown_entry": ProblemType(
        422,
        "No such entry",
        "未找到该条记录",
        "{field} was {given}; name an entry of this incident. A void can't be voided, nor an "
        "amendment amended: make a new entry.",
        "{field}填的是{given}，应为本起警情中一条记录的编号。作废记录不能再作废，更正记录"
        "不能再更正：请另行追加记录。",
    ),
    "unknown_incident": ProblemType(
        422,
        "No such incident",
        "未找到该警情",
        "{field} was {given}; it should be the `id` (not the case number) of another incident that"
        " you may see. One that another unit has: let that unit take this one over by a handover.",
        "{field}填的是{given}，应为你可以查看的另一起警情的 UUID（不是警情编号）。"
        "如另一起由其他单位承办而你无权查看，请将本起警情移交该单位。",
    ),
    "not_a_duplicate": ProblemType(
        422,
        "The incident is not closed as a duplicate",
        "并非以重复登记办结",
        "{field} is for the reason `duplicate` alone. Leave it out, or give that reason.",
        "{field}仅在以“重复登记”办结时填写。请去掉该字段，或将办结原因改为“重复登记”。",
    ),
    "unknown_station": ProblemType(
        422,
        "No such station",
        "未找到该单位",
        "{field} was {given}; the stations are listed by GET /api/v1/stations.",
        "{field}填的是{given}，没有这个单位；单位代码可用 GET /api/v1/stations 查询。",
        {
            "near": Sentence(
                "{field} was {given}, which is no station's code.",
                "{field}填的是{given}，没有这个单位代码。",
            )
        },
    ),
    "station_without_officers": ProblemType(
        422,
        "Nobody there could go on",
        "该单位没有民警账号",
        "{field} was {given}, where no officer has an account that is not locked out: nobody could "
        "go on with the incident. Choose another station, or ask the administrator.",
        "{field}填的是{given}，该单位没有可用的民警账号，移交后无人可以继续处理。请选择其他单位，"
        "或联系管理员。",
    ),
    "station_without_rescuers": ProblemType(
        422,
        "Nobody there could go on",
        "该单位没有救护人员账号",
        "{field} was {given}, where no rescuer has an account that is not locked out: nobody there "
        "could go on with the record. Choose another unit, leave {field} out and name the "
        "recipient in words alone, or ask the administrator.",
        "{field}填的是{given}，该单位没有可用的救护人员账号，移交后无人可以继续记录。请选择其他单位，"
        "或不填{field}、只写明接收单位名称，或联系管理员。",
    ),
    "unknown_badge": ProblemType(
        422,
        "No such officer",
        "未找到该警号",
        "{field} was {given}; it should be the badge number of an officer of “{expected}”.",
        "{field}填的是{given}，应为“{expected}”民警的警号。",
    ),
    "officer_locked_out": ProblemType(
        422,
        "That officer is locked out",
        "该民警的账号已停用",
        "{field} was {given}, an officer of “{expected}” whose account is locked out: nobody could "
        "go on as them. Name another officer, or leave {field} out for the station to choose.",
        "{field}填的是{given}，“{expected}”该民警的账号已停用，不能继续处理。请填写其他民警，"
        "或不填{field}、由该单位安排。",
    ),
    "unsupported_image": ProblemType(
        422,
        "Not a photo that can be taken",
        "不支持的照片格式",
        "The bytes are {given}; send a JPEG, PNG, WebP, HEIC or AVIF file by itself, as it is, as"
        " the body.",
        "收到的内容是{given}；请将 JPEG、PNG、WebP、HEIC 或 AVIF 文件的字节原样作为请求内容发送。",
    ),
    "no_such_paper": ProblemType(
        404,
        "There is no such paper of this record",
        "该记录没有此文书",
        "{reason} `GET …/papers` lists those that there are.",
        "{reason}可打印的文书见 `GET …/papers`。",
    ),
    "pdf_unavailable": ProblemType(
        501,
        "The service makes no PDF of it",
        "无法生成 PDF",
        "{reason} The paper itself is there: ask for it as HTML, and print that from any browser.",
        "{reason}文书本身可用：请以 HTML 格式打开，用浏览器打印。",
    ),
    "no_rendition": ProblemType(
        404,
        "The photo can't be shown",
        "照片无法显示",
        "{reason} Its original is kept as it came, and can be downloaded by who may see originals.",
        "{reason}原始照片已原样保存，有权限的人员可以下载。",
    ),
    "rendition_pending": ProblemType(
        503,
        "The photo can't be shown yet",
        "照片暂时无法显示",
        "{reason} It is tried again by itself: ask again in a few minutes.",
        "{reason}系统会自动重试：请几分钟后再看。",
    ),
    # -- resumable uploads (tus 1.0.0)
    "unsupported_tus_version": ProblemType(
        412,
        "Another version of tus",
        "不支持的 tus 版本",
        "Send Tus-Resumable: {expected}; this was {given}.",
        "请发送 Tus-Resumable: {expected}；本次收到的是 {given}。",
    ),
    "unsupported_extension": ProblemType(
        400,
        "An extension of tus that is not offered",
        "不支持该 tus 扩展",
        "{name} belongs to an extension of tus that is not offered here; offered are {expected}."
        " Send each photo whole, as one upload of a length that is known.",
        "{name} 属于本系统不支持的 tus 扩展；可用扩展：{expected}。请将每张照片单独上传，"
        "并在开始时给出其长度。",
    ),
    "invalid_header": ProblemType(
        400,
        "A header is wrong",
        "请求头有误",
        "{name} was {given}; it should be {one_of}.",
        "请求头 {name} 填的是{given}，应为{one_of}。",
        {
            "absent": Sentence(
                "{name} is missing; it should be {one_of}.",
                "缺少请求头 {name}，应为{one_of}。",
            )
        },
    ),
    "upload_not_found": ProblemType(
        404,
        "There is no such upload",
        "未找到该上传",
        "You began none at this address, or it has expired or was taken back. Begin again with"
        " POST /api/v1/uploads: what is held already need not be sent.",
        "你没有在该地址开始上传，或者该上传已过期、已撤回。请用 POST /api/v1/uploads 重新开始："
        "已保存的照片无需重发。",
    ),
    "wrong_offset": ProblemType(
        409,
        "The upload is at another offset",
        "上传位置不符",
        "It has {expected} bytes; go on from there. Nothing of this was kept.",
        "已收到 {expected} 字节；请从该处续传。本次发送的内容未保存。",
    ),
    "upload_taken_over": ProblemType(
        409,
        "A later request goes on with it",
        "该上传已由后来的请求接续",
        "Ask with HEAD how far the upload is, and go on from there.",
        "请用 HEAD 查询上传进度，再从该处续传。",
    ),
    "wrong_checksum": ProblemType(
        460,
        "The bytes changed on the way",
        "内容在传输中发生改变",
        "They do not have the {field} that was declared. Nothing of them was kept: send them "
        "again.",
        "收到的内容与 {field} 的声明不符，未予保存。请重新发送。",
    ),
    "too_many_uploads": ProblemType(
        429,
        "Too many unfinished uploads",
        "未完成的上传过多",
        "You may have {expected} unfinished uploads at a time. Go on with those that are begun, or"
        " delete some first; each expires by itself.",
        "你最多可同时有 {expected} 个未完成的上传。请先续传已开始的，或删除部分上传；"
        "过期后也会自动清除。",
    ),
    "upload_quota_exceeded": ProblemType(
        413,
        "Unfinished uploads are too large together",
        "未完成的上传合计过大",
        "Your unfinished uploads may be {expected} bytes together. Finish or delete some first;"
        " each expires by itself.",
        "你的未完成上传合计不得超过 {expected} 字节。请先完成或删除部分上传；过期后也会自动清除。",
    ),
    "body_stalled": ProblemType(
        408,
        "The body stopped coming",
        "传输中断",
        "For {expected} seconds nothing came, or next to nothing. What an upload has received is"
        " kept: go on with it.",
        "{expected} 秒内没有收到数据，或收到的数据极少。上传已收到的部分会保留，请续传。",
    ),
    "too_many_bodies": ProblemType(
        503,
        "Too much at once",
        "同时发送过多",
        "At most {expected} requests of one account may be on their way in at the same time. Send"
        " this again when one of them has arrived.",
        "同一账号最多可同时发送 {expected} 个请求。请待其中之一送达后再发送。",
    ),
    "range_not_satisfiable": ProblemType(
        416,
        "There is no such part",
        "请求的范围不存在",
        "It has {expected} bytes.",
        "该文件共 {expected} 字节。",
    ),
    # -- what is already there
    "id_conflict": ProblemType(
        409,
        "The id is taken",
        "编号已被使用",
        "Other content is stored under {given}. {reason}",
        "编号{given}已登记了不同的内容。{reason}",
    ),
    "refused_settled": ProblemType(
        409,
        "It is settled already",
        "该内容已处理",
        "{reason}",
        "{reason}",
    ),
    "refused_unfit": ProblemType(
        409,
        "It can't be filed as it was sent",
        "所提交的内容无法登记",
        "{reason}",
        "{reason}",
    ),
    "too_many_feeds": ProblemType(
        409,
        "There are too many feeds",
        "取数地址过多",
        "End one that nobody fetches any more: `DELETE /api/v1/feeds/{{feed_id}}`.",
        "请先删除不再使用的取数地址：`DELETE /api/v1/feeds/{{feed_id}}`。",
    ),
    "too_many_exports": ProblemType(
        409,
        "There are too many exports",
        "导出任务过多",
        "Fetch one that is done and end it: `DELETE /api/v1/exports/{{export_id}}`.",
        "请取走已完成的导出并删除：`DELETE /api/v1/exports/{{export_id}}`。",
    ),
    "too_many_subscriptions": ProblemType(
        409,
        "There are too many subscriptions",
        "订阅过多",
        "End one that nobody needs any more: `DELETE /api/v1/subscriptions/{{subscription_id}}`.",
        "请先删除不再需要的订阅：`DELETE /api/v1/subscriptions/{{subscription_id}}`。",
    ),
    "export_not_made": ProblemType(
        409,
        "There is no file yet",
        "导出文件尚未生成",
        "It is still being made: `GET /api/v1/exports/{{export_id}}` says how far it is. Ask for"
        " the file when its state is `done`.",
        "导出文件仍在生成：可通过 `GET /api/v1/exports/{{export_id}}` 查看进度，"
        "状态为 `done` 后再下载。",
    ),
    "timeline_full": ProblemType(
        409,
        "The timeline is full",
        "本起警情的记录已达上限",
        "An incident takes {expected} entries. Close it and open another that names it in its"
        " summary.",
        "每起警情最多 {expected} 条记录。请办结本起警情，另行登记一起，并在摘要中注明本起编号。",
    ),
    "impossible_step": ProblemType(
        409, "This step is not possible", "当前不能记录此步骤", "{reason}", "{reason}"
    ),
    "unfit_change": ProblemType(
        409, "The rules do not let it be", "不符合管理规则", "{reason}", "{reason}"
    ),
    "mark_in_use": ProblemType(
        409,
        "Another animal carries this mark",
        "该标识已用于另一只动物",
        "{given} is on animal {expected} of this incident. Check the number. If it was taken off"
        " that one, say so first, by a marking with `taken_off`; if it never was on it, correct"
        " that first.",
        "本起警情的 {expected} 号动物已使用标识{given}。请核对号码；如已从该动物取下，请先登记"
        "标识记录，填写取下的标识（`taken_off`）；如从未佩戴，请先更正那条记录。",
    ),
    "precondition_failed": ProblemType(
        412,
        "The record has changed meanwhile",
        "记录已被更新",
        "Its ETag is now {reason}. Read it again, then decide.",
        "该记录的 ETag 现为 {reason}。请重新读取后再操作。",
    ),
    # -- us
    "internal_error": ProblemType(
        500,
        "Something broke on our side",
        "服务出现故障",
        "It is logged under this request's id. Send the same again later: nothing is filed twice.",
        "故障已按请求编号记入日志。请稍后原样重发：不会重复登记。",
    ),
    "export_broken_off": ProblemType(
        500,
        "The export broke off",
        "导出中断",
        "It was tried several times, and broke off each time; what was in the way is in the"
        " service's log. Ask for it anew, with a new id, or for less at once.",
        "已尝试多次，均中断，原因已记入服务日志。请以新的编号重新申请，或缩小查询范围。",
    ),
    "export_lost": ProblemType(
        500,
        "The file is not where it should be",
        "导出文件缺失",
        "The file of this export is gone from the store. Ask for it anew, with a new id.",
        "本次导出的文件已不在存储中。请以新的编号重新申请。",
    ),
    "sealed": ProblemType(
        500,
        "It can't be decrypted",
        "无法解密",
        "The service's key is not the one it was encrypted with, or somebody changed it. Tell the"
        " operator; the timeline is whole.",
        "服务的密钥与加密时不一致，或者内容被人改动。请通知运维人员；警情的各条记录完好。",
    ),
    "storage_full": ProblemType(
        507,
        "The disk is full",
        "存储空间不足",
        "There is no room for it until the operator makes some: tell them. Keep it and send the"
        " same then: nothing is filed twice, and what an upload has received is kept.",
        "在运维人员腾出空间之前无法保存，请通知他们。请保留原内容，届时原样重发：不会重复登记，"
        "上传已收到的部分会保留。",
    ),
    "original_missing": ProblemType(
        500,
        "The file is not where it should be",
        "原始文件缺失",
        "Tell the operator to run wildlife media check; the timeline still names its SHA-256.",
        "请通知运维人员运行 wildlife media check；警情记录中仍有该文件的 SHA-256。",
    ),
    "store_unavailable": ProblemType(
        503,
        "Not ready",
        "服务未就绪",
        "The photo store does not answer. Send the same again in a moment: nothing is filed twice.",
        "照片存储没有响应。请稍后原样重发：不会重复登记。",
    ),
    "not_ready": ProblemType(
        503,
        "Not ready",
        "服务未就绪",
        "The service can't take this until every part in `errors` is well again; it then goes on by"
        " itself: send the same again. While the key is away it takes what names nobody who"
        " reported. Tell the operator.",
        "在 `errors` 所列各项恢复之前无法登记；恢复后服务自动继续，请原样重发。"
        "密钥（`key`）缺失时，只登记不含报告人的内容。请通知运维人员。",
    ),
    "stopping": ProblemType(
        503,
        "The service restarts",
        "服务正在重启",
        "It did not wait for the rest of this. Send the same again in a moment: nothing is filed"
        " twice, and what an upload has received is kept.",
        "服务未能等到其余内容。请稍后原样重发：不会重复登记，上传已收到的部分会保留。",
    ),
    "busy": ProblemType(
        503,
        "Too many are signing in",
        "登录人数过多",
        "More passwords wait to be checked than can be at once. Send the same again in {expected}"
        " seconds.",
        "等待验证的登录请求过多。请在 {expected} 秒后重试。",
    ),
    "printer_unavailable": ProblemType(
        503,
        "Not ready",
        "服务未就绪",
        "The machine is too busy to make the PDF. Ask for it again in a moment, or for HTML, and"
        " print that from any browser.",
        "服务器繁忙，暂时无法生成 PDF。请稍后重试，或以 HTML 格式打开，用浏览器打印。",
    ),
    "darkroom_unavailable": ProblemType(
        503,
        "Not ready",
        "服务未就绪",
        "The machine is too busy to look at the photo. Send the same again in a moment: nothing is"
        " filed twice.",
        "服务器繁忙，暂时无法检查照片。请稍后原样重发：不会重复登记。",
    ),
    "unavailable": ProblemType(
        503,
        "Not ready",
        "服务未就绪",
        "The database does not answer, or not in time. Send the same again in a moment, or ask for"
        " less at once: nothing is filed twice.",
        "数据库没有响应或响应超时。请稍后原样重发，或缩小查询范围：不会重复登记。",
    ),
}
