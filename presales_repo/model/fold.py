"""Folding for comparison: Traditional to Simplified characters, full width to half, numbering stripped.

Only for matching headings, labels and folder names; file contents are never converted. The table goes one way
(Traditional to Simplified is nearly many-to-one, the other way is not) and holds the characters that the built-in
catalogue uses; regional words (檔案, 專案) are not mapped.
"""

from __future__ import annotations

import re
import unicodedata

_TRADITIONAL = (
    "佈來侷係倉個備傢傳價儘優儲兌內冊別刪則創劃動務勝勢勵匯區協卽參員問啓啟單噹嚮嚴國圍園圖團埰執報場塊墰壇壜夥奬寀實寧審寫專"
    "對導層屬崗師帶庫廠廢張彆彔彙後徑從復態慣憑應懲戶捨捲掃採摺擇擔據擬敎敗數斷於昇時晉暫曉曏書會朮査條棄業榮構標樣機檔檢檯櫃"
    "權歸毀決沒況泝測準溝滙滿潛濱瀋瀏瀾為無營燬爭爲狀獎獲現環產産甯畫異畵當發盡監硯確碼祕稅種稱穫競筆箇節範簡簽籤糰紀約納紙級"
    "細紹終組結絕絡給統絶經綜綫維綱網緊線編緩練緻縣縫總績織繫續罈罎義習聞聯職脅脈脩臨臺與萬葉蓆蓋蔘薦處號術衕裏補裝裡製複覈見"
    "規覽觀觸訂計討訓託記訪設許訴註証評詞詢試話詳認語誤說説誰課調談請論諮諾謙講證識譭議譽變讓負財責費資質賬購贏趨踰蹤軟較輔輪"
    "輯輸辦迴週進運過達違遞遠遡適選遺還郵醫釋釦鈅銀銷錄錯録錶鍵鏈鑄鑰長門閉開間閘閤閱閲關陞陸隊階際險隱隻雙離難雲電靜韓響頁項"
    "順須預領頻題額類顧風颱饋騎驗驟體髮鬚鳴麪麫麵麼麽點齣"
)
_SIMPLIFIED = (
    "布来局系仓个备家传价尽优储兑内册别删则创划动务胜势励汇区协即参员问启启单当向严国围园图团采执报场块坛坛坛伙奖采实宁审写专"
    "对导层属岗师带库厂废张别录汇后径从复态惯凭应惩户舍卷扫采折择担据拟教败数断于升时晋暂晓向书会术查条弃业荣构标样机档检台柜"
    "权归毁决没况溯测准沟汇满潜滨沈浏澜为无营毁争为状奖获现环产产宁画异画当发尽监砚确码秘税种称获竞笔个节范简签签团纪约纳纸级"
    "细绍终组结绝络给统绝经综线维纲网紧线编缓练致县缝总绩织系续坛坛义习闻联职胁脉修临台与万叶席盖参荐处号术同里补装里制复核见"
    "规览观触订计讨训托记访设许诉注证评词询试话详认语误说说谁课调谈请论咨诺谦讲证识毁议誉变让负财责费资质账购赢趋逾踪软较辅轮"
    "辑输办回周进运过达违递远溯适选遗还邮医释扣钥银销录错录表键链铸钥长门闭开间闸合阅阅关升陆队阶际险隐只双离难云电静韩响页项"
    "顺须预领频题额类顾风台馈骑验骤体发须鸣面面面么么点出"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_ORDINAL = "[一二三四五六七八九十百零0-9]+"
_NUMBERING = re.compile(
    rf"(?:第{_ORDINAL}[章节条款项]|\({_ORDINAL}\)|{_ORDINAL}(?:\.{_ORDINAL})*(?:[、.):]|(?=\s)))\s*"
)


def fold(text: str) -> str:
    """`text` for comparison: NFKC, Simplified characters, no blanks at the ends."""
    return unicodedata.normalize("NFKC", text).translate(_TABLE).strip()


def fold_heading(text: str) -> str:
    """A heading for comparison: folded, no numbering (`一、`, `1.2`, `第三章`), no blanks, no colon at the end."""
    folded = fold(text)
    while match := _NUMBERING.match(folded):
        if match.end() == len(folded):
            break
        folded = folded[match.end() :]
    return "".join(folded.split()).rstrip(":。.")


def older_forms(char: str) -> list[str]:
    """The Traditional characters that fold to a Simplified one."""
    return [old for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if new == char]
