"""Pages that anybody may open. County names come last, because they match any word."""

from django.urls import path

from impfzentrum.views import citizen, draws, feedback, figures, lost_link, opening, pages, sign_up, sign_up_end, trust

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
    path("<slug:county>/zahlen/", figures.figures, name="figures"),
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
