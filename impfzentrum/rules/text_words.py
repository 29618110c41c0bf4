"""Words as data: what must not stand in a message, and with which words a text says what it must say.

Stems are in small letters; a stem counts wherever it stands in a word: "impf" is found in "Grippeschutzimpfung".
"""

from __future__ import annotations

from collections.abc import Mapping

from impfzentrum.text_vocabulary import Statement
from impfzentrum.vocabulary import Language

NAME_WORDS = frozenset(
    {"herr", "herrn", "frau", "familie", "mr", "mrs", "ms", "name", "vorname", "nachname",
     "bay", "bayan", "sayın", "adı", "adınız", "soyadı", "soyadınız", "isim",
     "السيد", "السيدة", "اسم", "الاسم", "اسمكم",
     "господин", "госпожа", "имя", "фамилия", "пан", "пані", "ім", "прізвище"}
)  # fmt: skip
"""Whole words with which a text turns to a person by name."""

OPEN_STEMS = (
    "impf", "vaccin", "immunis", "immuniz", "corona", "covid", "virus", "dosis", "dosen", "dose", "spritze", "pieks",
    "gesundheit", "health", "medizin", "medical", "arzt", "ärzt", "doctor", "patient", "pflege", "geburt", "birth",
    "aşılan", "aşılam", "aşını", "aşısı", "aşı ", "doz", "korona", "sağlık", "hastal", "doktor", "hekim", "doğum",
    "لقاح", "تطعيم", "تلقيح", "جرعة", "جرعات", "كورونا", "كوفيد", "صحة", "صحية", "طبي", "طبيب", "مريض",
    "вакцин", "привив", "доза", "дозу", "дозы", "корона", "ковид", "здоров", "врач", "пациент", "медицин",
    "щеплен", "дози", "ковід", "лікар", "пацієнт", "медичн",
)  # fmt: skip
"""Not in an SMS and not in a subject: they lie open, and tell that somebody waits for a vaccination."""

SEALED_STEMS = (
    "biontech", "comirnaty", "pfizer", "moderna", "spikevax", "astrazeneca", "vaxzevria", "janssen", "johnson",
    "jcovden", "nuvaxovid", "novavax", "mrna", "gruppe", "group", "priorität", "prioris", "priority",
    "krank", "disease", "illness", "diagnos", "attest", "chronisch", "chronic", "schwanger", "pregnan", "allergi",
    "diabet", "krebs", "cancer", "demenz", "dementia", "behinder", "disab", "transplant", "dialyse", "dialysis",
    "trisomie", "asthma", "immunschw",
    "öncelik", "grubunuz", "hamile", "kanser", "diyabet", "engelli", "astım", "kronik",
    "مجموعة", "أولوية", "سرطان", "السكري", "إعاقة", "مزمن", "حساسية",
    "группа", "группе", "группу", "приоритет", "беремен", "онколог", "диабет", "инвалид", "астм", "аллерг", "хронич",
    "група", "групі", "групу", "пріоритет", "вагітн", "діабет", "інвалідн", "алерг", "хронічн",
)  # fmt: skip
"""In no message at all: a mail travels like a postcard, and membership of a group reveals health."""

STATEMENTS: Mapping[Statement, Mapping[Language, tuple[str, ...]]] = {
    Statement.NOT_YET_AN_APPOINTMENT: {
        Language.GERMAN: ("noch kein Termin", "noch keinen Termin", "noch kein fester Termin"),
        Language.ENGLISH: ("not yet an appointment", "not an appointment yet", "no appointment yet"),
        Language.TURKISH: ("henüz randevu yok", "henüz randevu değil", "henüz bir randevu değil"),
        Language.ARABIC: ("ليس موعدا بعد", "ليس موعدًا بعد"),
        Language.RUSSIAN: ("ещё не запись", "еще не запись", "пока не запись"),
        Language.UKRAINIAN: ("ще не запис",),
    },
    Statement.WHILE_DOSES_LAST: {
        Language.GERMAN: ("solange der Vorrat reicht", "mehrere Personen", "mehrere Menschen"),
        Language.ENGLISH: ("while stocks last", "while doses last", "several people"),
        Language.TURKISH: ("stok bitene kadar", "birkaç kişiye", "birkaç kişi"),
        Language.ARABIC: ("حتى نفاد الأماكن", "حتى نفاد الكمية", "عدة أشخاص"),
        Language.RUSSIAN: ("пока есть места", "пока есть дозы", "нескольких человек", "несколько человек"),
        Language.UKRAINIAN: ("поки є місця", "поки є дози", "кількох людей", "кілька людей"),
    },
    Statement.NOT_YET_AN_OFFER: {
        Language.GERMAN: ("noch kein Angebot", "noch kein Termin"),
        Language.ENGLISH: ("not yet an offer", "not an offer yet", "not an appointment"),
        Language.TURKISH: ("henüz bir teklif değil", "henüz teklif değil"),
        Language.ARABIC: ("ليس عرضا بعد", "ليس عرضًا بعد"),
        Language.RUSSIAN: ("ещё не предложение", "еще не предложение", "пока не предложение"),
        Language.UKRAINIAN: ("ще не пропозиція",),
    },
}
"""Any of these will do; the first is shown as the example."""

ENDINGS = frozenset(
    {"de", "com", "org", "net", "eu", "info", "biz", "io", "at", "ch", "ly", "me", "co", "uk", "app", "link", "online",
     "page", "site", "shop", "xyz", "health", "jetzt", "berlin", "hamburg", "bayern", "koeln", "nrw", "saarland"}
)  # fmt: skip
"""Ends of addresses that a phone turns into a link by itself."""
