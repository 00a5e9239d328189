"""Makes the demo's sentences in zh-TW: summaries of at most 100 characters, reflections of a few sentences.

Frames are chosen by `Dice` and filled from `licheng.demo.material`; a frame never holds a person's name, a
telephone number, an address or an ID number.
"""

from __future__ import annotations

from licheng.demo.dice import Dice
from licheng.demo.material import Pursuit, Topic

SUMMARY_LIMIT = 100

_TOPIC_SUMMARIES = (
    "以{method}探討「{title}」，完成{product}，並歸納出{finding}。",
    "針對「{title}」進行{method}，成果為{product}；主要發現是{finding}。",
    "課程作業「{title}」：運用{method}完成{product}，說明{finding}。",
    "從「{title}」出發，透過{method}整理成{product}，結論是{finding}。",
)
_TOPIC_OPENINGS = (
    "會選擇「{title}」這個題目，是因為上課時發現自己只記得結論，卻說不出理由。",
    "老師讓我們自訂題目時，我在筆記本裡翻到一直沒有解開的疑問，於是決定做「{title}」。",
    "「{title}」原本只是一次課堂練習，討論之後我想把它做得更完整。",
    "我對「{title}」的興趣來自回家路上的觀察，這次終於有機會用{method}好好看一次。",
    "這學期印象最深的單元和「{title}」有關，所以我把它當成期末成果。",
    "開始做「{title}」之前，我以為答案很明顯，後來才知道問題比想像中多。",
)
_TOPIC_MIDDLES = {
    "text": (
        "第一稿幾乎都在摘要，讀過同學的回饋後，我刪掉三分之一，把重點放回文字本身。",
        "最困難的是替每一個判斷找到證據，我因此回頭重讀了三次，並在頁邊標出不確定的地方。",
        "進行{method}時，我先列表整理，再決定哪些例子值得寫，哪些只是湊數。",
        "我原本想把所有感想都寫進去，後來學會只留下和論點有關的段落。",
        "小組討論時我們對同一段有完全不同的理解，這反而成為{product}裡最有意思的部分。",
    ),
    "reason": (
        "推導卡住時，我改從比較小的例子做起，畫了五個圖之後才看出規律。",
        "我先用試算表驗證猜想，再回頭補上證明，順序和課本剛好相反。",
        "{method}的過程中我犯了一個單位錯誤，檢查時才發現結果差了十倍。",
        "把假設一條一條寫清楚之後，才知道哪些步驟其實沒有根據。",
    ),
    "field": (
        "第一次去現場時忘了記錄時間，數據無法比較，第二次便先設計好表格再出發。",
        "訪談對象願意說的比我想像中多，整理逐字稿花了整整一個週末。",
        "{method}需要等待適合的天氣與時段，我們因此調整了兩次行程。",
        "我發現問卷題目會影響答案，所以請同學試填，再把引導性的用語刪掉。",
        "在現場最重要的不是儀器，而是先弄清楚自己想回答什麼問題。",
    ),
    "lab": (
        "第一組數據的誤差大到不能用，我們逐項檢查後，才發現問題出在操作順序。",
        "為了控制變因，我們把每一組重複三次，並請不同的人讀數。",
        "{method}看起來簡單，實際操作時光是固定器材就花了一節課。",
        "有兩筆資料明顯偏離，我沒有刪掉它們，而是在報告裡說明可能的原因。",
        "做到一半發現器材解析度不夠，只好改用另一種方式估計誤差。",
    ),
    "make": (
        "第一版幾乎不能用，我請三位同學試用後，才知道問題不在技術而在動線。",
        "製作時最花時間的是修改，每改一次我就記下原因，最後剛好成為{product}的一部分。",
        "我把工作拆成每週一個小目標，落後時先刪功能，不刪測試。",
        "過程中失敗了四次，其中兩次是因為太急著完成而跳過檢查。",
    ),
}
_TOPIC_RESULTS = (
    "最後得到的結論是{finding}，雖然不是什麼新發現，卻是自己一步一步走出來的。",
    "整理完{product}，我更確定{finding}，也知道這個說法有哪些限制。",
    "{product}完成後，最讓我意外的是{finding}。",
    "這份{product}讓我明白{finding}，也讓我重新看待原本的假設。",
)
_OUTLOOKS = (
    "如果再做一次，我會更早開始記錄，並且先想好要怎麼呈現。",
    "下學期我想把範圍縮小，只處理其中一個問題，做得更深入。",
    "老師建議我比較不同的方法，這會是我接下來的目標。",
    "這次經驗讓我知道，願意承認不確定，比急著下結論更重要。",
    "我也學到，和別人說明一次，比自己讀三次更容易發現漏洞。",
    "未來選擇進路時，我會把這段經驗當作判斷自己興趣的依據。",
)

_PURSUIT_SUMMARIES = (
    "參與{name}（{place}），從準備、執行到檢討都有紀錄，並整理成一份心得。",
    "投入{name}（{place}）的過程與收穫，包含分工、遇到的困難與改進方式。",
    "{name}（{place}）：說明參與動機、實際工作內容，以及對自己的影響。",
    "記錄{name}（{place}）中的學習，重點放在時間安排、合作與反思。",
)
_PURSUIT_OPENINGS = {
    "lead": (
        "接下{name}的工作之前，我以為只要照著上一屆的做法就好。",
        "擔任{name}讓我第一次需要替一群人安排時間，也要為決定負責。",
        "{name}的工作大多是看不見的小事，但少做一件，大家都會知道。",
    ),
    "compete": (
        "報名{name}是同學約的，真正開始準備後，我才發現自己其實很在意。",
        "為了{name}，我連續六週利用午休練習，慢慢找到適合自己的節奏。",
        "這是我第二次參加{name}，上一次的失誤成了這次的檢查表。",
    ),
    "serve": (
        "第一次參加{name}時，我不知道手該放在哪裡，只能跟著學長姐做。",
        "參與{name}之前，我以為服務就是付出時間，後來才知道要先學會聽。",
        "{name}的工作很單純，卻讓我看見平常不會注意到的人。",
    ),
    "learn": (
        "選擇{name}，是因為我想補上課堂沒有時間談的部分。",
        "我利用每週固定的時段進行{name}，並把進度寫在週誌裡。",
        "{name}的內容比預期難，前兩週我幾乎都在補基礎。",
    ),
    "create": (
        "{name}從一張草稿開始，改到最後和原本的樣子完全不同。",
        "我想用{name}記下高中生活裡容易被忽略的片刻。",
        "製作{name}時，我第一次把作品交給不認識的人看。",
    ),
}
_PURSUIT_MIDDLES = {
    "lead": (
        "有一次通知發得太晚，引起不少抱怨，之後我都提早三天公告並再提醒一次。",
        "意見不同時，我先把兩邊的理由寫在白板上，通常寫完就能找到可以讓步的地方。",
        "我把工作整理成交接清單，希望下一任不用再重新摸索。",
    ),
    "compete": (
        "比賽當天設備出了狀況，我們臨時改用備案，反而讓說明更清楚。",
        "評審的提問點出我沒有想過的限制，我當場承認不知道，回家後把答案補進紀錄。",
        "練習最有效的一次，是請完全不懂的人來聽，看他在哪裡皺眉頭。",
    ),
    "serve": (
        "有位小朋友一直不願意開口，我改用畫圖的方式，他才慢慢說出想聽的故事。",
        "天氣很熱，大家都累了，但看到成果的那一刻，覺得時間花得很值得。",
        "我學會先問對方需要什麼，再決定自己能做什麼。",
    ),
    "learn": (
        "中間曾經停了兩週，後來把目標改成每天二十分鐘，才重新回到進度。",
        "我把不懂的地方整理成問題清單，請教老師之後逐一劃掉。",
        "透過實際練習，我知道理解和會用之間還有一段距離。",
    ),
    "create": (
        "修改的過程中，我刪掉最喜歡的一段，因為它對整體沒有幫助。",
        "收到的回饋有褒有貶，我把它們分成可以改的和想堅持的兩類。",
        "為了讓細節更準確，我回到現場觀察了好幾次。",
    ),
}

_CONSULTATIONS = (
    ("說明多元選修的選填方式與各學群的關聯。", "建議先試讀課程大綱，再依興趣排序，不必急著決定學群。"),
    ("討論加深加廣課程的修課順序與學分數。", "數學基礎足夠，建議下學期加修一門自然科選修，並留意作業量。"),
    ("檢視課程學習成果的準備情形與時間安排。", "建議每次段考後整理一次，期末前再選擇要送出的成果。"),
    ("比較兩個有興趣的學群與對應的校內課程。", "兩個方向可以並行，建議參加一次職涯講座後再談。"),
    ("說明重修與補考的規定，以及畢業學分的計算。", "先完成本學期課程，重修安排於下學期，暑假可預作準備。"),
    ("討論自主學習計畫的題目與可行性。", "題目宜再縮小，並寫下每週可以檢核的進度。"),
)
_EMPLOYMENT_PLANS = (
    "希望從事與資料整理或程式設計相關的工作，先以資訊領域的課程確認興趣。",
    "對環境與生態議題有興趣，規劃參加相關營隊並修習地球科學選修。",
    "想成為能與人一起工作的專業人員，暫以教育與社會心理領域為優先。",
    "目前傾向設計相關領域，預計累積作品並了解產業的實際工作內容。",
    "尚未決定，計畫藉由選修課程與職場參訪逐步縮小範圍。",
    "喜歡動手解決問題，想了解工程領域不同科系之間的差異。",
    "對語言與文化有興趣，規劃加強第二外語並參與國際交流。",
)
_LIFE_PLANS = (
    "大學期間希望修習跨領域課程，畢業後投入與地方發展相關的工作。",
    "先完成大學學業，再視興趣申請研究所，長期目標是從事環境監測。",
    "希望成為能把複雜的事情說清楚的人，從事教育或科學傳播工作。",
)
_EXPECTATIONS = (
    "保持每天記錄的習慣，遇到不懂的地方願意提問。",
    "學會在時間有限時取捨，並把答應的事情完成。",
    "對不同的意見先聽完，再決定自己的立場。",
)
_STRENGTHS = ("擅長整理資料與繪製圖表。", "能耐心重複實驗並留下完整紀錄。", "善於傾聽並協調小組分工。")
_INTERESTS = ("登山與天文觀測。", "閱讀散文與攝影。", "合唱與音樂編曲。")
_STUDY_PLANS = (
    "大一先補足數學與程式基礎，大二起參與專題，並修習一門人文課程。",
    "入學前完成線上預修課程，大學期間每學期至少參與一次實作計畫。",
    "",
)
_AUTOBIOGRAPHIES = (
    "我在一個看得到海的地方長大，從小習慣先看天色再決定要不要出門。",
    "家裡經營小生意，我很早就學會記帳，也學會不把事情想得太簡單。",
    "國中時我並不喜歡上學，直到有一次在科展裡找到自己的問題。",
)
_AUTOBIOGRAPHY_MIDDLES = (
    "高中三年裡，最重要的改變是我開始願意把還沒想清楚的事寫下來。",
    "參加社團讓我知道，一件事能完成，往往是因為有人默默把細節做好。",
    "課程中的實作讓我發現，失敗的紀錄比成功的結果更值得保存。",
)
_AUTOBIOGRAPHY_ENDS = (
    "未來我希望繼續學習，也希望自己學到的東西能回到成長的地方。",
    "我期待在大學遇見不同背景的人，一起處理真實的問題。",
    "我想用接下來的四年，確認自己真正願意長期投入的方向。",
)


def topic_summary(dice: Dice, topic: Topic) -> str:
    """Return the summary (簡述) of a course output."""
    return _short(dice.pick(_TOPIC_SUMMARIES), vars(topic))


def topic_reflection(dice: Dice, topic: Topic, full: bool) -> str:
    """Return the reflection of a course output: two to four sentences, eight or so when `full`."""
    middles = dice.sample(_TOPIC_MIDDLES[topic.family], 2 if full else 1)
    results = [dice.pick(_TOPIC_RESULTS)] if full or dice.chance(4, 5) else []
    frames = [dice.pick(_TOPIC_OPENINGS), *middles, *results, *_outlooks(dice, full)]
    return "".join(frames).format_map(vars(topic))


def pursuit_summary(dice: Dice, pursuit: Pursuit) -> str:
    """Return the summary (簡述) of an activity."""
    place = "跨校" if pursuit.category == "certificate" else pursuit.place
    return _short(dice.pick(_PURSUIT_SUMMARIES), {"name": pursuit.name, "place": place})


def pursuit_reflection(dice: Dice, pursuit: Pursuit, full: bool) -> str:
    """Return the reflection of an activity: two or three sentences, eight or so when `full`."""
    middles = dice.sample(_PURSUIT_MIDDLES[pursuit.family], 3 if full else 1)
    frames = [dice.pick(_PURSUIT_OPENINGS[pursuit.family]), *middles, *_outlooks(dice, full)]
    return "".join(frames).format_map(vars(pursuit))


def consultation(dice: Dice, full: bool) -> tuple[str, str]:
    """Return the content and the opinion (諮詢內容及意見) of a consultation."""
    subjects = dice.sample(_CONSULTATIONS, 2 if full else 1)
    return "".join(content for content, _ in subjects), "".join(opinion for _, opinion in subjects)


def employment_plan(dice: Dice, full: bool) -> str:
    """Return a plan for work (就業規劃)."""
    return "".join(dice.sample(_EMPLOYMENT_PLANS, 2 if full else 1))


def statement(dice: Dice) -> tuple[dict[str, str], str]:
    """Return the columns of an autobiography (自傳), and its text."""
    columns = {
        "life_plan": dice.pick(_LIFE_PLANS),
        "expectations": dice.pick(_EXPECTATIONS),
        "strengths": dice.pick(_STRENGTHS),
        "interests": dice.pick(_INTERESTS),
        "study_plan": dice.pick(_STUDY_PLANS),
    }
    parts = (dice.pick(_AUTOBIOGRAPHIES), dice.pick(_AUTOBIOGRAPHY_MIDDLES), dice.pick(_AUTOBIOGRAPHY_ENDS))
    return {name: text for name, text in columns.items() if text}, "\n\n".join(parts)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text: what stands in a draft."""
    return text.partition("。")[0] + "。"


def _outlooks(dice: Dice, full: bool) -> list[str]:
    return dice.sample(_OUTLOOKS, 4 if full else dice.between(0, 1))


def _short(frame: str, fields: dict[str, object]) -> str:
    text = frame.format_map(fields)
    if len(text) > SUMMARY_LIMIT:
        raise ValueError(f"a summary of {len(text)} characters: {text}")
    return text
