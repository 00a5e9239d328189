"""What the invented students work on: topics, contests, clubs and service, as tables of words in zh-TW.

Everything here is invented or generic. No line may name a person, a real school or a real company.
The tables are only material; `licheng.demo.words` makes sentences of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Topic:
    """One piece of course work: what it is about, how it was done, what came of it."""

    base: str
    family: str
    slug: str
    title: str
    method: str
    product: str
    finding: str

    @classmethod
    def parse(cls, row: list[str]) -> Topic:
        """Return a topic from the cells of its table."""
        base, family, slug, title, method, product, finding = row
        return cls(base, family, slug, title, method, product, finding)


@dataclass(frozen=True)
class Pursuit:
    """One activity outside the courses; `code` is the code of the category's own list."""

    category: str
    family: str
    slug: str
    name: str
    place: str
    code: int

    @classmethod
    def parse(cls, row: list[str]) -> Pursuit:
        """Return a pursuit from the cells of its table."""
        category, family, slug, name, place, code = row
        return cls(category, family, slug, name, place, int(code))


# course | family | slug | title | method | product | finding
_TOPICS = """
chinese|text|water-and-moon|〈赤壁賦〉的水月意象|比較閱讀|閱讀札記|水與月各自代表變與不變兩種眼光
chinese|text|travel-essays|古今遊記的觀看角度|文本細讀|比較短評|作者站的位置決定了風景的次序
chinese|text|satire-in-fables|寓言裡的反諷手法|段落分析|分析報告|反諷要靠讀者與敘述者之間的落差
chinese|text|words-of-home|新詩中的母語詞彙|語料整理|詞彙卡片|母語詞多半留給感受最深的句子
english|text|short-talks|給國中生的英語短講|腳本改寫|錄音腳本|短句與停頓比難字更容易讓人聽懂
english|text|menu-in-english|在地小吃菜單英譯|平行文本比對|雙語菜單|先說食材與作法比直譯菜名有用
english|text|headlines|英文新聞標題的省略|語料觀察|語法筆記|標題省略的大多是猜得回來的字
english|text|youth-novel|英文青少年小說導讀|分組討論|導讀簡報|主角的轉變多半藏在對話裡
mathematics|reason|folding-paper|摺紙與三次方程式|作圖與推導|推導筆記|摺一次紙就能解出尺規作不出的根
mathematics|reason|queueing|合作社排隊時間估計|機率模型|建模報告|多開一個窗口的效果取決於尖峰有多集中
mathematics|reason|tiling|校園地磚的鑲嵌規律|對稱分析|圖解小論文|能鋪滿平面的五邊形比想像中多
mathematics|reason|loan-growth|等比數列與助學貸款|試算表推演|試算說明|還款前期付的大半是利息
history|text|old-maps|老地圖裡的街道變遷|史料對照|圖文年表|鐵路改線讓市集換了位置
history|text|oral-history|菜市場的口述歷史|訪談整理|訪談紀錄|同一件事在不同攤位有不同的版本
history|text|textbook-images|三個版本課本的插圖|圖像比較|比較報告|插圖選了誰就等於選了誰的視角
geography|field|coastal-change|海岸線二十年的退縮|衛星影像判讀|主題地圖|消波塊下游的沙灘退得最快
geography|field|heat-island|校園熱島測量|定點量測|等溫線圖|草地與柏油路的溫差在下午兩點最大
geography|field|river-terrace|河階地形踏查|實地踏查|踏查報告|階崖的高度記下了河流下切的次數
civics|field|participatory-budget|參與式預算模擬|問卷與審議|提案書|說明用途之後大家願意分給弱勢的比例變高
civics|field|convenience-plastic|超商塑膠用量調查|田野計數|調查報告|自備容器的差價要到五元才有感
civics|field|media-bias|同一則新聞的三種寫法|框架分析|分析簡報|標題的動詞決定了責任落在誰身上
physics|lab|pendulum|單擺週期與擺長|光電閘計時|實驗報告|擺角超過二十度之後近似式開始失準
physics|lab|bouncing-ball|彈跳球的能量損失|慢動作影像分析|實驗報告|每次彈跳損失的比例幾乎固定
physics|lab|string-resonance|弦的共振頻率|頻譜量測|數據圖表|張力變成四倍時頻率約為兩倍
physics|lab|water-rocket|水火箭的水量與射高|控制變因實驗|實驗海報|水量約三分之一時飛得最高
chemistry|lab|vitamin-c|果汁維生素C滴定|氧化還原滴定|實驗報告|放置一天的果汁少了將近四成
chemistry|lab|reaction-rate|溫度與反應速率|分組計時實驗|數據圖表|升溫十度大約快一倍但不是每種反應都如此
chemistry|lab|natural-indicator|紫甘藍酸鹼指示劑|比色法|比色卡|指示劑放三天後變色範圍會偏移
biology|lab|leaf-stomata|校樹氣孔密度比較|顯微計數|觀察紀錄|向陽葉的氣孔比遮蔭葉密
biology|lab|ant-foraging|螞蟻覓食路徑|行為觀察|觀察紀錄|擦掉路徑後要十分鐘才重新成形
biology|lab|yeast-fermentation|酵母菌發酵速率|氣體收集|實驗報告|糖濃度太高反而使產氣變慢
earth-science|lab|cloud-diary|三十天的雲圖日記|定時拍攝|觀測日誌|卷雲出現後一兩天內常有降雨
earth-science|lab|shaking-soil|土壤液化小模型|震盪平台實驗|模型與說明|含水量比顆粒大小更早決定是否液化
earth-science|lab|moon-shadow|月球陰影量坑深|影像測量|測量報告|太陽角度太高時誤差會大到不能用
information-technology|make|bus-board|公車到站看板|程式實作|程式與說明文件|快取三十秒就能少掉九成的查詢
information-technology|make|library-seats|圖書館座位查詢網頁|使用者訪談與實作|網頁原型|使用者最在意的是資料多久更新一次
information-technology|make|sorting-race|排序演算法計時|效能量測|測試報告|資料幾乎排好時插入排序反而最快
living-technology|make|desk-lamp|可調角度檯燈|製圖與打樣|作品與設計圖|關節的摩擦力比馬達更能固定角度
living-technology|make|earthquake-tower|抗震高塔|結構測試|模型與測試紀錄|斜撐的位置比數量重要
living-technology|make|rain-barrel|雨水回收桶|動手製作|使用手冊|初期雨水分流後水質明顯變好
fine-arts|make|campus-print|校園一角版畫|版畫創作|版畫與創作自述|留白讓光線看起來更亮
fine-arts|make|color-memory|記憶中的顏色|色彩實驗|色票與短文|同一個地方每個人記得的顏色都不一樣
fine-arts|make|sign-redesign|校內指標再設計|視覺設計|設計提案|箭頭與文字靠近時最少人走錯
music|make|work-songs|勞動歌的節奏|採譜與編曲|樂譜與錄音|重拍多半落在一起用力的時刻
music|make|school-soundscape|校園聲音地圖|錄音採集|聲音地圖|上課鐘之後的安靜其實有很多層次
pe|lab|heart-rate|間歇訓練的心率變化|心率紀錄|訓練日誌|第三週起恢復時間縮短最明顯
pe|lab|free-throw|罰球出手角度|影像分析|分析筆記|固定節奏比固定角度更能提高命中
local-studies|field|irrigation|村裡的水圳系統|踏查與訪談|水圳地圖|水門由誰開關是有順序的約定
local-studies|field|indigenous-plants|部落的民俗植物|訪談與標本|植物手冊|同一種植物在不同村落有不同的用法
local-studies|field|old-shops|老街店家的營業時間|問卷調查|調查報告|開店時間跟著客運班次走
local-studies|field|festival-map|祭典路線與街區|地圖標記|路線圖|路線避開的地方正好是後來才填平的水塘
creative-writing|text|second-person|第二人稱小說習作|短篇創作|小說與創作自述|用「你」敘事時細節要更節制
creative-writing|text|object-essay|一件舊物的散文|散文創作|散文一篇|寫物件的磨損比寫感想更動人
data-analysis|make|rain-and-late|雨天與遲到人次|資料整理與繪圖|分析筆記|雨勢比是否下雨更能解釋遲到
data-analysis|make|lunch-waste|營養午餐剩食分析|資料整理與繪圖|儀表板|剩最多的不是青菜而是湯
robotics|make|line-follower|循跡車的轉彎策略|程式實作|作品與測試紀錄|減速的時機比轉向的幅度重要
robotics|make|sorting-arm|分類手臂|機構設計|作品影片與說明|先歸零再動作可以省下大半誤差
debate|text|phone-ban|校園手機管理的正反論述|論證圖|申論稿|雙方其實對「專心」的定義不同
debate|text|night-market|夜市遷移的公共利益|資料查證|申論稿|最有力的證據往往來自對方的資料
film-reading|text|empty-shots|空鏡頭的敘事功能|分鏡分析|影像筆記|空鏡頭常替人物說出不能說的話
film-reading|text|documentary-voice|紀錄片的旁白與沉默|影像比較|影評一篇|沒有旁白時剪接的順序就是立場
life-chemistry|lab|soap-making|回收油手工皂|皂化實驗|作品與實驗紀錄|攪拌的時間比溫度更影響皂化
life-chemistry|lab|sunscreen|防曬乳遮光測試|透光率量測|實驗報告|塗得不夠厚時係數幾乎沒有意義
"""

# category | family | slug | name | organiser, organisation or event | code
_PURSUITS = """
position|lead|class-leader|班長|班級|2
position|lead|study-officer|學藝股長|班級|2
position|lead|council-clerk|文書組員|學生會|1
position|lead|council-events|活動組員|學生會|1
position|lead|astronomy-head|社長|天文社|3
position|lead|photo-keeper|器材長|攝影社|3
position|lead|choir-section|聲部長|合唱團|3
contest|compete|science-fair-physics|校內科展|物理組|1
contest|compete|science-fair-earth|校內科展|地球科學組|1
contest|compete|speech-contest|校內語文競賽|國語演說|1
contest|compete|coding-contest|校內程式解題賽|個人組|1
contest|compete|print-contest|縣市學生美術比賽|版畫類|2
contest|compete|readers-theatre|縣市英語讀者劇場比賽|團體組|2
contest|compete|reading-essay|高中生閱讀心得寫作比賽|長文組|3
certificate|learn|english-b1|英語能力檢定|demoEnglishB1|1
certificate|learn|english-b2|英語能力檢定|demoEnglishB2|1
certificate|learn|local-language|本土語言認證|demoLocalLanguageB1|2
certificate|learn|word-processing|文書處理技能檢定|demoWordProcessing3|3
service-learning|serve|story-hour|兒童說故事時間|社區圖書館|1
service-learning|serve|beach-cleaning|海灘淨灘行動|海岸守護志工隊|1
service-learning|serve|homework-help|課後陪讀|鄰近國民小學|1
service-learning|serve|elders-and-phones|長者數位陪伴|社區關懷據點|1
service-learning|serve|campus-guide|校慶導覽志工|學務處|1
service-learning|serve|book-sale|舊書整理與義賣|圖書館志工隊|1
service-learning|serve|tree-survey|校園樹木普查|環境教育小組|1
flexible-learning|learn|self-study-statistics|統計軟體自主學習|教務處|1
flexible-learning|learn|self-study-weaving|傳統編織自主學習|教務處|1
flexible-learning|learn|self-study-astronomy|業餘天文觀測自主學習|教務處|1
flexible-learning|compete|fair-training|科展選手培訓|教務處|2
flexible-learning|learn|proof-reading-course|數學證明充實課程|教務處|3
flexible-learning|learn|english-clinic|英文補強課程|教務處|4
flexible-learning|serve|anniversary-week|校慶特色活動週|學務處|5
group-activity|lead|class-meeting-host|班會主持與紀錄|班級|1
group-activity|learn|club-exhibition|社團成果展|學務處|2
group-activity|lead|council-hearing|學生會公聽會|學生會|3
group-activity|learn|marine-talk|海洋保育講座|學務處|5
group-activity|learn|career-talk|職涯分享講座|輔導室|5
workplace-learning|serve|farm-visit|有機農場職場體驗|有機農場|1
workplace-learning|serve|library-intern|社區圖書館見習|社區圖書館|2
workplace-learning|serve|radio-visit|地方電臺參訪|地方電臺|1
work|create|zine|自製小誌《沿海公路》|創作|1
work|create|song-demo|自創曲《返校日》|創作|1
work|create|campus-film|校園短片《第八節》|創作|1
work|create|herbarium|校園植物標本集|創作|1
advanced-course|learn|intro-programming|程式設計預修課程|大學預修推廣中心|1
advanced-course|learn|intro-psychology|心理學導論預修課程|大學預修推廣中心|1
other|learn|cycling-camp|縱谷單車體驗營|學務處|1
other|learn|debate-camp|跨校思辨營|思辨教育推廣社團|1
other|serve|exchange-visit|姊妹校線上交流|教務處|1
other|learn|science-camp|暑期科學營|科學教育推廣社團|1
"""

# unit | slug | name zh | name en | level
_CONTESTS = """
academic-affairs|114-language|114 學年度校內語文競賽|School language contest 114|1
academic-affairs|114-science-fair|114 學年度校內科展|School science fair 114|1
academic-affairs|114-coding|114 學年度校內程式解題賽|School programming contest 114|1
academic-affairs|115-language|115 學年度校內語文競賽|School language contest 115|1
academic-affairs|115-science-fair|115 學年度校內科展|School science fair 115|1
"""

CLUSTERS = (
    "資訊學群",
    "工程學群",
    "數理化學群",
    "醫藥衛生學群",
    "生命科學學群",
    "生物資源學群",
    "地球與環境學群",
    "建築與設計學群",
    "藝術學群",
    "社會與心理學群",
    "大眾傳播學群",
    "外語學群",
    "文史哲學群",
    "教育學群",
    "法政學群",
    "管理學群",
    "財經學群",
    "遊憩與運動學群",
)

AWARDS = ("第一名", "第二名", "第三名", "優勝", "佳作", "未得獎")
CLUBS = (
    ("astronomy", "天文社"),
    ("photography", "攝影社"),
    ("choir", "合唱團"),
    ("badminton", "羽球社"),
    ("board-games", "桌遊社"),
    ("volunteers", "志工社"),
    ("hiking", "山野社"),
    ("drama", "戲劇社"),
)
POSITIONS = (
    ("class-leader", "班級", "班長", 2),
    ("vice-leader", "班級", "副班長", 2),
    ("study-officer", "班級", "學藝股長", 2),
    ("service-officer", "班級", "服務股長", 2),
    ("sports-officer", "班級", "體育股長", 2),
    ("council-events", "學生會", "活動組員", 1),
    ("council-clerk", "學生會", "文書組員", 1),
    ("club-head", "社團", "社長", 3),
    ("anniversary-crew", "校慶籌備小組", "場務組長", 9),
)
SERVICES = (
    ("campus-recycling", "校園資源回收", "學務處", "school"),
    ("library-shelving", "圖書館上架服務", "圖書館志工隊", "school"),
    ("river-cleaning", "河堤清潔日", "社區發展協會", "outside"),
    ("fair-helpers", "社區園遊會服務", "社區發展協會", "outside"),
    ("entrance-guides", "新生報到引導", "學務處", "school"),
    ("elder-meals", "長者共餐服務", "社區關懷據點", "outside"),
)
EXTERNALS = (
    ("math-olympiad", "contest", "縣市數學能力競賽", "縣市學科能力競賽委員會", "佳作"),
    ("essay-contest", "contest", "高中生小論文寫作比賽", "中學生寫作推廣單位", "甲等"),
    ("music-contest", "contest", "縣市學生音樂比賽", "縣市音樂比賽執行單位", "優等"),
    ("english-certificate", "certificate", "英語能力檢定中級", "語言測驗單位", "通過"),
    ("computer-certificate", "certificate", "文書處理技能檢定丙級", "技能檢定單位", "通過"),
)
PLACES = ("輔導室", "團體諮商室", "會議室", "班級教室", "圖書館討論室")
COMMITTEES = ("大學甄選入學委員會", "四技二專聯合甄選委員會")


@dataclass(frozen=True)
class Contest:
    """A contest that a unit of the school holds."""

    unit: str
    slug: str
    zh: str
    en: str
    level: int

    @classmethod
    def parse(cls, row: list[str]) -> Contest:
        """Return a contest from the cells of its table."""
        unit, slug, zh, en, level = row
        return cls(unit, slug, zh, en, int(level))


def table_rows(table: str) -> list[list[str]]:
    """Return the cells of a table of words, line by line."""
    return [line.split("|") for line in table.strip().splitlines()]


# The lines of a course stand together in its table.
TOPICS = {
    base: tuple(topics) for base, topics in groupby(map(Topic.parse, table_rows(_TOPICS)), key=lambda topic: topic.base)
}
PURSUITS = tuple(Pursuit.parse(row) for row in table_rows(_PURSUITS))
CONTESTS = tuple(Contest.parse(row) for row in table_rows(_CONTESTS))
