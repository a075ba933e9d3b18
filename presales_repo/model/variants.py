"""Traditional characters in common use with their Simplified forms, for finding texts in either script.

More than model/fold.py has: that table matches the catalogue's own words and is loaded by git's hooks. Regional words
are not mapped, and no text is ever converted.
"""

from __future__ import annotations

from functools import cache

from presales_repo.model.fold import fold, older_forms

# Pairs: a traditional character, then its simplified form.
_PAIRS = (
    "車车東东導导馬马魚鱼鳥鸟龍龙龜龟麥麦黃黄鹽盐齊齐齒齿飛飞風风門门開开關关閉闭問问間间閱阅閣阁闊阔閃闪閒闲閘闸"
    "聞闻學学覺觉舉举譽誉興兴與与歲岁歷历曆历亞亚惡恶壓压厭厌嚴严廳厅厲厉勵励礪砺雖虽難难歡欢觀观權权勸劝漢汉嘆叹"
    "僅仅個个們们倉仓創创傷伤價价億亿優优傳传傑杰債债傾倾僑侨儀仪儉俭儘尽償偿偉伟側侧偵侦偽伪備备僕仆倫伦侶侣係系"
    "內内兩两冊册軍军農农凍冻淨净準准幾几凱凯劃划劉刘則则剛刚劍剑劇剧劑剂勁劲動动務务勞劳勢势勝胜勻匀區区匯汇協协"
    "單单卻却參参雙双發发變变敘叙葉叶號号嗎吗員员啟启喪丧嘗尝嘯啸噸吨囑嘱國国園园圍围圓圆圖图團团執执堅坚報报場场"
    "塊块塗涂墊垫墳坟墮堕壞坏壟垄壯壮壽寿夠够夢梦夾夹奪夺奮奋婦妇媽妈嬰婴孫孙寧宁實实審审寫写寬宽寶宝將将專专尋寻"
    "對对屆届層层屬属岡冈島岛峽峡崗岗嶺岭嶼屿幣币帥帅師师帳帐帶带幫帮幹干庫库廁厕廂厢廈厦廚厨廟庙廠厂廢废廣广張张"
    "強强彈弹彌弥彎弯彙汇後后徑径從从復复徵征徹彻恆恒悅悦悶闷惱恼愛爱態态慘惨慚惭慣惯慮虑慶庆憂忧憐怜憑凭憲宪憶忆"
    "應应懇恳懷怀懸悬懶懒戀恋戰战戲戏戶户掃扫掛挂採采揀拣揚扬換换揮挥損损搖摇搶抢摺折撈捞撐撑撥拨撫抚撲扑撿捡擁拥"
    "擇择擊击擋挡擔担據据擠挤擬拟擴扩擺摆擾扰攔拦攜携攝摄攤摊攪搅敗败敵敌數数斂敛斷断於于時时晉晋晝昼暈晕暢畅暫暂"
    "曉晓曠旷書书會会柵栅桿杆條条棄弃棟栋棧栈業业極极榮荣構构槍枪槳桨樁桩樂乐樓楼標标樞枢樣样樸朴樹树橋桥機机橢椭"
    "橫横檔档檢检櫃柜檯台欄栏殘残殼壳毀毁氣气沒没況况洩泄淚泪淺浅淪沦渾浑減减測测湊凑湯汤溝沟溫温溼湿濕湿滅灭滯滞"
    "滲渗滾滚滿满漁渔漲涨漸渐潔洁潛潜潤润潰溃澀涩澆浇澤泽濁浊濃浓濟济濤涛濫滥濱滨濾滤灣湾灘滩灑洒災灾為为烏乌無无"
    "煉炼煙烟煩烦熱热燈灯燒烧營营燦灿燭烛爐炉爭争爺爷爾尔牆墙牽牵犧牺狀状狹狭獄狱獎奖獨独獲获獵猎獻献現现環环瑣琐"
    "瓊琼畝亩畢毕畫画異异當当疊叠療疗癢痒瘋疯盜盗盡尽監监盤盘盧卢眾众睜睁矚瞩矯矫碩硕確确碼码磚砖礎础礙碍礦矿祿禄"
    "禍祸禪禅禮礼種种稱称穀谷積积穩稳窮穷竅窍競竞筆笔節节範范築筑簡简簽签籃篮籌筹籠笼糧粮糾纠紀纪約约紅红紋纹納纳"
    "紐纽純纯紙纸級级紛纷紡纺細细紹绍紳绅組组終终結结絕绝絡络給给絨绒統统絲丝經经綁绑綜综綠绿維维綱纲網网綴缀綿绵"
    "緊紧緒绪線线締缔緣缘編编緩缓緬缅緯纬練练縣县縫缝縮缩縱纵總总績绩織织繞绕繡绣繩绳繪绘繫系繳缴繼继續续纏缠纖纤"
    "罰罚罷罢羅罗義义習习聖圣聯联聰聪聲声職职聽听肅肃脅胁脈脉脫脱腦脑腫肿腳脚腸肠膚肤膠胶膽胆臉脸臟脏臨临臺台艙舱"
    "艦舰艱艰艷艳莊庄華华萬万蓋盖蓮莲蔣蒋薦荐薩萨藍蓝藝艺藥药蘇苏蘭兰處处虛虚虧亏蟲虫蠟蜡術术衛卫衝冲補补裝装裡里"
    "裏里製制複复襲袭見见規规覓觅視视親亲覽览觸触訂订計计訊讯討讨訓训託托記记訛讹訟讼訪访設设許许訴诉診诊註注詐诈"
    "評评詞词詢询試试詩诗話话該该詳详誇夸誌志認认誘诱語语誠诚誤误說说誰谁課课調调談谈請请諒谅論论諜谍諧谐諮咨諸诸"
    "諾诺謀谋謂谓謊谎謎谜謙谦講讲謝谢謹谨證证譜谱識识譯译議议護护讀读讓让讚赞豐丰豎竖貓猫貝贝負负財财貢贡貧贫貨货"
    "販贩貪贪貫贯責责貯贮貴贵買买貸贷費费貼贴貿贸賀贺資资賊贼賓宾賞赏賠赔賢贤賣卖賤贱賦赋質质賬账賭赌賴赖賺赚購购"
    "賽赛贈赠贊赞贏赢趕赶趙赵趨趋跡迹踐践踴踊蹤踪躍跃軌轨軟软軸轴較较載载輔辅輕轻輛辆輝辉輩辈輪轮輯辑輸输轄辖轉转"
    "轎轿轟轰辦办辭辞辯辩這这連连週周進进遊游運运過过達达違违遙遥遞递遠远適适遲迟遷迁選选遺遗遼辽邁迈還还邊边邏逻"
    "鄉乡郵邮鄧邓鄭郑鄰邻醜丑醫医醬酱釀酿釋释針针釘钉鈔钞鈣钙鈕钮鉛铅鈎钩銀银銅铜銘铭銜衔銳锐銷销鋁铝鋒锋鋪铺鋼钢"
    "錄录錯错錢钱錦锦鍋锅鍛锻鍵键鍊链鎖锁鎮镇鏈链鏡镜鐘钟鍾钟鐵铁鑄铸鑑鉴鑽钻長长陣阵陰阴陳陈陸陆陽阳隊队階阶際际"
    "隨随險险隱隐隸隶雜杂雞鸡離离雲云電电霧雾靈灵靜静鞏巩韌韧韓韩響响頁页頂顶項项順顺須须預预頑顽頒颁頓顿領领頭头"
    "頻频顆颗題题額额顏颜願愿類类顧顾顯显飄飘飢饥飯饭飲饮飼饲飽饱飾饰餅饼養养餓饿餘余館馆饋馈饒饶馳驰馴驯駁驳駐驻"
    "駕驾駛驶騎骑騙骗騰腾騷骚驅驱驕骄驗验驚惊驛驿體体髒脏鬆松鬥斗鬧闹鮮鲜鯨鲸鳳凤鳴鸣鴨鸭鵬鹏鶴鹤鷹鹰鹼碱麗丽麼么"
    "點点黨党龐庞喚唤喬乔噴喷堯尧墜坠奧奥妝妆娛娱嫵妩屍尸嵐岚巖岩峯峰羣群啓启衆众産产黴霉彥彦恥耻櫻樱欽钦殺杀歐欧"
    "歸归氫氢淵渊滄沧瀏浏瀾澜瑪玛甦苏硯砚碭砀秈籼穎颖竊窃紮扎緻致罵骂羨羡翹翘腎肾蘋苹螢萤襯衬詭诡誕诞諷讽諺谚賄贿"
    "賜赐軒轩輿舆轍辙釐厘鈴铃鉤钩錶表鎢钨閥阀閩闽陝陕隕陨韻韵頗颇頸颈頹颓颱台飆飙駝驼驟骤鬍胡鬚须魯鲁鯉鲤鱗鳞鴻鸿"
    "鵝鹅鷗鸥"
)


@cache
def _forms() -> dict[str, str]:
    """Simplified character → the traditional ones of the table."""
    forms: dict[str, str] = {}
    for old, new in zip(_PAIRS[::2], _PAIRS[1::2], strict=True):
        forms[new] = forms.get(new, "") + old
    return forms


@cache
def _simplified() -> dict[int, str]:
    return {ord(old): new for new, olds in _forms().items() for old in olds}


def fold_widely(text: str) -> str:
    """`text` for a search: as fold does, with the characters of this table."""
    return fold(text).translate(_simplified())


def spellings(char: str) -> tuple[str, ...]:
    """The characters that a search for `char` (folded) finds: itself, its Traditional forms, both cases, full width."""
    forms = {char, char.lower(), char.upper(), *older_forms(char), *_forms().get(char, "")}
    forms |= {chr(ord(form) + 0xFEE0) for form in forms if len(form) == 1 and "!" <= form <= "~"}
    return tuple(sorted(form for form in forms if len(form) == 1))
