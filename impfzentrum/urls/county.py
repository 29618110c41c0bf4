"""The county's pages."""

from django.urls import path

from impfzentrum.views import county, feedback, texts

TEXT = "kreis/<slug:county>/texte/<slug:channel>/<slug:occasion>/<slug:language>"

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
