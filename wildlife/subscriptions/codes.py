"""How a subscription stands, with its Chinese and English labels."""

from wildlife.words.vocabularies import Code


class SubscriptionState(Code):
    """订阅状态。How a subscription stands."""

    BEGINNING = "beginning", "待首次送达", "its destination has taken nothing yet"
    WORKING = "working", "正常", "what is new is delivered"
    FAILING = "failing", "投递失败，将重试", "the last delivery failed, and is tried again"
    ENDED = "ended", "已停止", "nothing is delivered any more, until it is restarted"


class DeliveryFailure(Code):
    """投递失败原因。Why a destination was told nothing, and what can be done."""

    NO_SUCH_HOST = (
        "no_such_host",
        "服务器找不到该主机名，或未能及时查到：请核对地址",
        "the service finds no host of this name, or not in time: look at the address",
    )
    ADDRESS_NOT_ALLOWED = (
        "address_not_allowed",
        "该主机位于内网，或未加密，而系统未获准向其发送：请管理员放行其网段",
        "its host is in a private network, or is spoken to without TLS, and the service may not:"
        " ask the operator to allow that network",
    )
    UNREACHABLE = (
        "unreachable",
        "无法连接，或连接中断：请确认接收系统已启动、防火墙已放行",
        "it can't be reached, or the connection broke: look whether it runs, and at the firewall",
    )
    UNTRUSTED = (
        "untrusted",
        "其证书不受信任：证书须与主机名一致，且签发机构须为本系统所在服务器所信任",
        "its certificate is not trusted: it has to be of this host, by an authority that the"
        " service's machine trusts",
    )
    TOO_SLOW = (
        "too_slow",
        "15 秒内没有答复：接收系统应先答复已接收，再处理内容",
        "it gave no answer within 15 seconds: answer first, and work on it after that",
    )
    NOT_TAKEN = (
        "not_taken",
        "对方答复的状态码不是 200 至 299，即没有接收",
        "it was not taken: only an answer from 200 to 299 says that it was",
    )
    GONE = (
        "gone",
        "对方答复 410，表示不再接收",
        "it answered 410: it wants no more",
    )
    MAIL_NOT_TAKEN = (
        "mail_not_taken",
        "邮件服务器没有接收，见其答复码：请核对收件地址",
        "the mail server did not take it, as its answer says: look at the address",
    )
    MAIL_UNAVAILABLE = (
        "mail_unavailable",
        "邮件服务器无法使用：请管理员核对其设置",
        "the mail server can't be used: ask the operator to look at its settings",
    )
    INTERNAL = (
        "internal",
        "系统自身出错：请告知管理员，日志中有记录",
        "the service failed by its own fault: tell the operator, whose log has it",
    )
    NOT_READ = (
        "not_read",
        "系统暂时无法读取新内容",
        "the service could not read what is new",
    )
    NOT_ANSWERED = (
        "not_answered",
        "该账号现在无权读取所订阅的内容，或查询条件已失效：请重新订阅",
        "the account may not read this now, or what was asked for is not there any more: subscribe"
        " anew",
    )
    PLACE_LOST = (
        "place_lost",
        "所读位置已不存在（数据库已由更早的备份恢复）：请写明起始时间，重新开始",
        "the place is lost, since the database was brought back from an older backup: restart it"
        " from a day or a time",
    )
    SECRET_LOST = (
        "secret_lost",
        "签名密钥无法读取（系统密钥已遗失）：请重新订阅",
        "the secret that it is signed with can't be read, since the service's key was lost:"
        " subscribe anew",
    )
    ACCOUNT_CHANGED = (
        "account_changed",
        "账号的密码、任职或状态已变更：如确为本人所订阅，请重新开始",
        "the account was given another password, appointed to something else or locked out: restart"
        " it if it is yours",
    )
    RESTORED = (
        "restored",
        "数据库已由备份恢复：确认这是正式系统后，请重新开始",
        "the database was brought back from a backup: restart it once you know that this is the"
        " service itself, and no copy",
    )
