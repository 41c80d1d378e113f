"""What regions are called, as far as the service knows: beside their codes, and to offer a code to
who gave a name.

All provinces, and where the service began: the prefectures of Inner Mongolia, and the counties of
two of them. What is not here is offered to nobody, and taken all the same.
"""

from typing import Annotated, Final, TypeAlias

from wildlife.words.regions import is_in_a_prefecture, is_region, prefix_of
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import named_by

NAMES: Final = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
    "1501": "呼和浩特市",
    "1502": "包头市",
    "1503": "乌海市",
    "1504": "赤峰市",
    "1505": "通辽市",
    "1506": "鄂尔多斯市",
    "1507": "呼伦贝尔市",
    "1508": "巴彦淖尔市",
    "1509": "乌兰察布市",
    "1522": "兴安盟",
    "1525": "锡林郭勒盟",
    "1529": "阿拉善盟",
    "150402": "红山区",
    "150403": "元宝山区",
    "150404": "松山区",
    "150421": "阿鲁科尔沁旗",
    "150422": "巴林左旗",
    "150423": "巴林右旗",
    "150424": "林西县",
    "150425": "克什克腾旗",
    "150426": "翁牛特旗",
    "150428": "喀喇沁旗",
    "150429": "宁城县",
    "150430": "敖汉旗",
    "150702": "海拉尔区",
    "150703": "扎赉诺尔区",
    "150721": "阿荣旗",
    "150722": "莫力达瓦达斡尔族自治旗",
    "150723": "鄂伦春自治旗",
    "150724": "鄂温克族自治旗",
    "150725": "陈巴尔虎旗",
    "150726": "新巴尔虎左旗",
    "150727": "新巴尔虎右旗",
    "150781": "满洲里市",
    "150782": "牙克石市",
    "150783": "扎兰屯市",
    "150784": "额尔古纳市",
    "150785": "根河市",
}


def name_of_region(code: str) -> Sentence:
    """What the region of a code is called, from the province on. Where it is not known as closely
    as the code says, as far as it is, and the code."""
    prefix = prefix_of(code)
    levels = [prefix[:digits] for digits in (2, 4, 6) if len(prefix) >= digits]
    known = "".join(NAMES[level] for level in levels if level in NAMES)
    if prefix in NAMES:
        return Sentence(known, known)  # nobody translated them
    return Sentence(f"{known} ({code})", f"{known}（{code}）") if known else Sentence(code, code)


def may_be_region(code: str) -> bool:
    """Whether there is such a region, as far as the service knows: of the counties of two
    prefectures alone it knows all of today."""
    prefix = prefix_of(code)
    if not is_region(prefix) or not is_in_a_prefecture(prefix.ljust(6, "0")):
        return False
    county, prefecture = prefix[:6], prefix[:4]
    knows_counties = any(len(one) == 6 and one.startswith(prefecture) for one in NAMES)
    return len(county) < 6 or not knows_counties or county in NAMES


RegionName: TypeAlias = Annotated[str, named_by(name_of_region)]
"""The code of a region, which has its name beside it where labels are asked for."""
