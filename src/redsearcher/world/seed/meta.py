"""Pages about the wiki, the calendar or a name, not about a thing."""

import re

_NAMESPACE = re.compile(
    r"^(?:Wikipedia|Category|Template|Help|Portal|File|Image|User|Module|Draft|MediaWiki|Special|Book|Talk"
    r"|[A-Z]\w+ talk|分类|分類|模板|帮助|幫助|维基百科|維基百科|文件|用户|用戶|主题|主題)\s*:\S"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_CALENDAR = re.compile(
    r"^(?:\d{1,4}s?(?: BCE?)?|AD \d+|\d{1,2}(?:st|nd|rd|th) century(?: BCE?)?|\d{1,4}年代?|\d{1,2}世纪"
    rf"|\d{{1,2}}月\d{{1,2}}日|(?:{_MONTHS})(?: \d{{1,2}}| \d{{4}})?|Deaths in .*|\d{{4}} in .*)$"
)
_NAME = re.compile(r"\((?:surname|given name|name|姓氏?|名字)\)$")


def is_meta(title: str) -> bool:
    """Whether the title is that of a page about pages, a date, a year, or a personal name."""
    said = title.strip()
    return any(pattern.search(said) is not None for pattern in (_NAMESPACE, _CALENDAR, _NAME))
