"""Every address on one screen, by actor. German words, since people read them aloud on the phone.

No address carries personal data; links hold a token of 128 bit. County names come last, because they match any word.
"""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from impfzentrum.views import (
    calls,
    centre,
    changing,
    citizen,
    correcting,
    county,
    draws,
    entry,
    feedback,
    gateway,
    hand_picking,
    login,
    lost_link,
    mail_hooks,
    offer,
    opening,
    operations,
    own_data,
    pages,
    phone_sign_up,
    postfach,
    readiness,
    release,
    sign_up,
    sign_up_end,
    texts,
    trust,
    unsubscribing,
)

TEXT = "kreis/<slug:county>/texte/<slug:channel>/<slug:occasion>/<slug:language>"

offer_urls = [
    path("a/<str:token>/", offer.answer, name="answer"),
    path("a/<str:token>/storno/", offer.cancel, name="cancel"),
    path("a/<str:token>/geimpft/", offer.report_vaccinated, name="vaccinated"),
    path("a/<str:token>/termin.ics", offer.calendar_file, name="calendar"),
]

entry_urls = [
    path("b/<str:token>/", entry.prove_contact, name="prove"),
    path("b/<str:token>/neu/", entry.send_code_again, name="prove_again"),
    path("e/<uuid:reference>/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("s/<str:token>/", entry.status, name="status"),
    path("s/<str:token>/bestaetigen/", entry.request_proof, name="request_proof"),
    path("s/<str:token>/daten/", own_data.own_data, name="data"),
    path("s/<str:token>/daten.json", own_data.own_data_file, name="data_file"),
    path("s/<str:token>/aendern/<slug:slug>/", correcting.correct, name="correct"),
    path("s/<str:token>/pause/", entry.pause, name="pause"),
    path("s/<str:token>/e-mail/", unsubscribing.email_again, name="email_again"),
    path("s/<str:token>/weiter/", entry.come_back, name="come_back"),
    path("s/<str:token>/bereit/", readiness.say_ready, name="ready"),
    path("s/<str:token>/bereit/zurueck/", readiness.take_back_ready, name="not_ready"),
    path("s/<str:token>/morgens/", readiness.choose_morning_mail, name="morning"),
    path("s/<str:token>/zeiten/", readiness.hours, name="hours"),
    path("s/<str:token>/orte/", readiness.further_centres, name="further_centres"),
    path("s/<str:token>/geimpft/", entry.report_vaccinated, name="vaccinated"),
    path("s/<str:token>/abmelden/", entry.leave, name="leave"),
]

centre_urls = [
    path("zentrum/<slug:centre>/", centre.today, name="today"),
    path("zentrum/<slug:centre>/anmelden/", phone_sign_up.sign_up_by_phone, name="sign_up_by_phone"),
    path("zentrum/<slug:centre>/anruf/<uuid:reference>/", calls.call, name="call"),
    path("zentrum/<slug:centre>/auslosen/", draws.draw_anew, name="draw_anew"),
    path("zentrum/<slug:centre>/freigeben/", release.release, name="release"),
    path("zentrum/<slug:centre>/freigeben/reichweite/", release.reach, name="reach"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/", release.live, name="live"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/dosen-dazu/", changing.add, name="add_doses"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/dosen-zurueck/", changing.take_back, name="take_back_doses"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/uhrzeit/", changing.retime, name="change_times"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/beenden/", release.stop, name="stop"),
    path("zentrum/<slug:centre>/freigabe/<int:number>/von-hand/", hand_picking.propose, name="hand_pick"),
    path(
        "zentrum/<slug:centre>/freigabe/<int:number>/von-hand/<uuid:public_id>/",
        hand_picking.decide,
        name="decide_hand_pick",
    ),
]

county_urls = [
    path("kreis/<slug:county>/", county.releases, name="releases"),
    path("kreis/<slug:county>/freigaben.csv", county.releases_csv, name="releases_csv"),
    path("kreis/<slug:county>/von-hand.csv", county.hand_picks_csv, name="hand_picks_csv"),
    path("kreis/<slug:county>/rueckmeldungen/", feedback.inbox, name="inbox"),
    path("kreis/<slug:county>/rueckmeldungen/<int:number>/gelesen/", feedback.mark, name="mark_feedback"),
    path("kreis/<slug:county>/texte/", texts.texts, name="texts"),
    path(f"{TEXT}/", texts.text, name="text"),
    path(f"{TEXT}/zurueck/", texts.restore, name="restore_text"),
    path(f"{TEXT}/verwerfen/", texts.drop, name="drop_text_plan"),
]

operations_urls = [
    path("betrieb/<slug:county>/", operations.watch, name="watch"),
    path("betrieb/<slug:county>/anhalten/", operations.stop, name="stop"),
    path("betrieb/<slug:county>/fortsetzen/", operations.resume, name="resume"),
    path("betrieb/<slug:county>/nochmal/", operations.retry, name="retry"),
]

gateway_urls = [
    path("gateway/seven/", gateway.seven, name="seven"),
    path("gateway/mailgun/<str:secret>/", mail_hooks.mailgun, name="mailgun"),
    path("gateway/e-mail/", mail_hooks.mail_report, name="mail_report"),
    path("gateway/twilio/antwort/", gateway.twilio_reply, name="twilio_reply"),
    path("gateway/twilio/beleg/<str:reference>/", gateway.twilio_receipt, name="twilio_receipt"),
    path("gateway/kannel/antwort/<str:secret>/", gateway.kannel_reply, name="kannel_reply"),
    path("gateway/kannel/beleg/<str:reference>/<str:secret>/", gateway.kannel_receipt, name="kannel_receipt"),
]

citizen_urls = [
    path("", citizen.home, name="home"),
    path("link/", lost_link.lost_link, name="lost_link"),
    path("link/unterwegs/", lost_link.lost_link_sent, name="lost_link_sent"),
    path("o/<str:token>/", opening.opening, name="opening"),
    path("datenschutz/", pages.privacy, name="privacy"),
    path("impressum/", pages.imprint, name="imprint"),
    path("barrierefreiheit/", pages.accessibility, name="accessibility"),
    path("auslosung/<slug:centre>/", draws.published, name="draws"),
    path("<slug:county>/", citizen.county_home, name="county"),
    path("<slug:county>/auswahl/", trust.choosing, name="choosing"),
    path("<slug:county>/leicht/", trust.easy, name="easy"),
    path("<slug:county>/rueckmeldung/", feedback.feedback, name="feedback"),
    path("<slug:county>/rueckmeldung/danke/", feedback.feedback_given, name="feedback_given"),
    path("<slug:county>/nachricht/", opening.watch, name="watch"),
    path("<slug:county>/nachricht/unterwegs/", opening.watch_sent, name="watch_sent"),
    path("<slug:county>/anmelden/", sign_up.start, name="sign_up"),
    path("<slug:county>/anmelden/post/", citizen.link_sent, name="link_sent"),
    path("<slug:county>/anmelden/<str:token>/", sign_up.resume, name="sign_up_resume"),
    path("<slug:county>/anmelden/<str:token>/ergebnis/", sign_up.result, name="sign_up_result"),
    path("<slug:county>/anmelden/<str:token>/pruefen/", sign_up_end.summary, name="sign_up_summary"),
    path("<slug:county>/anmelden/<str:token>/code/", sign_up_end.code, name="sign_up_code"),
    path("<slug:county>/anmelden/<str:token>/code/neu/", sign_up_end.code_again, name="sign_up_code_again"),
    path("<slug:county>/anmelden/<str:token>/<slug:slug>/", sign_up.step, name="sign_up_step"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sprache/", set_language, name="set_language"),
    path("intern/", login.own_place, name="own_place"),
    path("intern/anmelden/", login.StaffLogin.as_view(), name="login"),
    path("intern/abmelden/", LogoutView.as_view(), name="logout"),
    path("", include((offer_urls, "offer"))),
    path("", include((entry_urls, "entry"))),
    path("", include((centre_urls, "centre"))),
    path("", include((county_urls, "county"))),
    path("", include((operations_urls, "operations"))),
    path("", include((gateway_urls, "gateway"))),
]

if settings.POSTFACH_DIR is not None:
    urlpatterns += [path("postfach/", postfach.inbox, name="postfach")]

urlpatterns += [path("", include((citizen_urls, "citizen")))]
