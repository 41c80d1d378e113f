"""What officers write, put together from what they always write. Pure."""

from typing import Final

from wildlife.synth.chance import Chance

EVERYWHERE: Final = "民警"
"""Stands in nearly every report of a rescue."""
NOW_AND_THEN: Final = "白化"
"""Stands in one report of a release in a thousand."""
THRICE: Final = "龙卷风"
"""Stands in three."""
RARE: Final = (NOW_AND_THEN, THRICE)

_NAMES: Final = (
    "乌兰敖包 白音查干 柳条沟 三道沟 大水泡子 小西沟 红石砬子 黑山头 二道河子 东大甸子"
    " 桦木林 樟子松林 老虎洞 榆树川 南营子 北沙地 马鞍山 头道营 清水河 石门子 五间房"
    " 羊草沟 鹿圈 苇塘 西梁 草帽山 四合屯 双井 兴隆地 古城子 达拉营 哈日诺尔 巴彦塔拉"
    " 查干淖尔 阿尔山口 塔林花 宝日勒 敖包梁 大青沟 刀把地"
).split()
_KINDS: Final = (
    "林场 村 嘎查 水库 湿地 牧场 林班 公路旁 河滩 居民区 学校 加油站 农田 苗圃 景区 砂石厂"
).split()
_SIDES: Final = "东侧 西侧 南侧 北侧 附近 深处 入口处 院内 边缘 下游".split()
_ROADS: Final = "省道 国道 县道 乡道 林区路 防火路".split()

_FOUND_BY: Final = (
    "群众报警称 接到护林员电话称 巡护途中 接群众求助 牧民来电反映 接110指令"
    " 村民送来并称 路过司机报称 志愿者报告 林场职工反映"
).split()
_LIES: Final = (
    "无法站立 不能飞行 翅膀下垂 被困网中 掉入井内 羽毛湿透 体力不支 左腿流血 趴伏不动"
    " 精神萎靡 飞行困难 被铁丝缠绕 误入院内 从巢中坠落 疑似撞击玻璃 后肢受伤 行动迟缓"
    " 困于冰面"
).split()
_THEN: Final = (
    "随即赶赴现场 冒雨徒步进入林区 立即携带笼具出警 到场后用网兜将其救下"
    " 用纸箱带回所内安置 现场检查后带回观察 与林草部门联系 做好防护后实施救助"
    " 联系专家远程辨认 劝离围观群众"
).split()
_EXAMINED: Final = (
    "未见明显外伤 左翅骨折待查 体表有擦伤 羽毛缺损 轻度脱水 右腿肿胀 眼部有分泌物"
    " 体况偏瘦 伤口已清理 四肢活动正常"
).split()
_FED: Final = (
    "投喂小鱼 投喂面包虫 投喂牛肉条 补充清水 投喂玉米粒 投喂青菜 灌服葡萄糖水 投喂鼠肉"
    " 夜间保温 自主进食"
).split()
_TREATED: Final = ["碘伏", "阿莫西林", "葡萄糖注射液", "复方氯化钠", "地塞米松", "维生素B"]
_HABITATS: Final = "水库 湿地 针叶林 阔叶林 草原 河谷 灌丛 湖泊 农田 沙地".split()
_WEATHER: Final = "晴 多云 阴 小雨 小雪 微风 晴，微风".split()
_TOLD: Final = ["已放归", "已移交救护站", "仍在救护中", "因伤重死亡", "感谢您的报告"]
_NOTES: Final = (
    "夜间值守未见异常 已拍照留存 林草局工作人员到场 群众送来饲料 换水一次 已消毒笼舍"
    " 精神明显好转 与兽医通话 已通知所领导 下次检查定于明日"
).split()
_CALLED: Final = {
    True: "不认识的鸟 大鸟 小鸟 受伤的鸟 水鸟 猛禽 长嘴鸟 雏鸟".split(),
    False: "野生动物 小动物 不明动物 野兽 幼崽 受伤的动物".split(),
}
HABITATS: Final = _HABITATS
MEDICINES: Final = _TREATED
WEATHERS: Final = _WEATHER


def place(chance: Chance) -> str:
    """Where, as people there say it."""
    said = chance.choice(_NAMES) + chance.choice(_KINDS) + chance.choice(_SIDES)
    return f"{said}{chance.randrange(1, 30)}00米" if chance.happens(0.3) else said


def called(chance: Chance, chinese_name: str, aliases: list[str], *, is_bird: bool) -> str:
    """What the finder calls it."""
    if chance.happens(0.5):
        return chance.choice(_CALLED[is_bird])
    names = [chinese_name, *(one for one in aliases if not one.isascii())]
    return chance.choice(names)


def summary(chance: Chance, at: str, what: str, count: int, word: str | None) -> str:
    """What happened, in a sentence or two."""
    said = f"{chance.choice(_FOUND_BY)}{at}发现{count}只{what}"
    if word == NOW_AND_THEN:
        said += f"（{word}个体）"
    elif word:
        said += f"（{word}过后）"
    said += f"，{chance.choice(_LIES)}"
    if chance.happens(0.97):
        said += f"。{EVERYWHERE}{chance.choice(_THEN)}"
    if chance.happens(0.3):
        said += f"，{chance.choice(_THEN)}"
    return f"{said}。"


def injuries(chance: Chance) -> str:
    """What an examination found."""
    return f"{chance.choice(_EXAMINED)}，{chance.choice(_EXAMINED)}"


def feeding(chance: Chance) -> str:
    """What it was fed."""
    return f"{chance.choice(_FED)}，{chance.choice(_FED)}{chance.randrange(1, 20)}0克"


def note(chance: Chance) -> str:
    """What else is worth remembering."""
    return chance.choice(_NOTES)


def told(chance: Chance) -> str:
    """What who reported it was told."""
    return chance.choice(_TOLD)


def road(chance: Chance) -> str:
    """What a road is called."""
    return f"{chance.choice(_NAMES)}{chance.choice(_ROADS)}"


def blocked(chance: Chance, at: str, what: str) -> str:
    """What lies on a road."""
    return f"巡逻至{at}时发现{what}，{EVERYWHERE if chance.happens(0.9) else '值班人员'}先行警戒"
