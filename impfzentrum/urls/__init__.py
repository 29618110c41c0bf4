"""Every address, one file an actor. German words, since people read them aloud on the phone.

No address carries personal data; links hold a token of 128 bit. County names come last, because they match any word.
"""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from impfzentrum.urls.account import account_urls
from impfzentrum.urls.accounts import accounts_urls
from impfzentrum.urls.bookings import booking_urls
from impfzentrum.urls.cancelling import cancelling_urls
from impfzentrum.urls.centre import centre_urls
from impfzentrum.urls.citizen import citizen_urls
from impfzentrum.urls.county import county_urls
from impfzentrum.urls.day import day_urls
from impfzentrum.urls.daylist import daylist_urls
from impfzentrum.urls.entry import entry_urls
from impfzentrum.urls.gateway import gateway_urls
from impfzentrum.urls.offer import offer_urls
from impfzentrum.urls.operations import operations_urls
from impfzentrum.urls.protection import protection_urls
from impfzentrum.urls.record import record_urls
from impfzentrum.urls.reports import report_urls
from impfzentrum.urls.setup import setup_urls
from impfzentrum.views import login, postfach

urlpatterns: list[URLPattern | URLResolver] = [
    path("sprache/", set_language, name="set_language"),
    path("intern/", login.own_place, name="own_place"),
    path("intern/anmelden/", login.StaffLogin.as_view(), name="login"),
    path("intern/abmelden/", LogoutView.as_view(), name="logout"),
    path("", include((account_urls, "account"))),
    path("", include((accounts_urls, "accounts"))),
    path("", include((offer_urls, "offer"))),
    path("", include((entry_urls, "entry"))),
    path("", include((centre_urls, "centre"))),
    path("", include((day_urls, "day"))),
    path("", include((daylist_urls, "daylist"))),
    path("", include((booking_urls, "bookings"))),
    path("", include((cancelling_urls, "cancelling"))),
    path("", include((county_urls, "county"))),
    path("", include((report_urls, "reports"))),
    path("", include((setup_urls, "setup"))),
    path("", include((record_urls, "record"))),
    path("", include((operations_urls, "operations"))),
    path("", include((protection_urls, "protection"))),
    path("", include((gateway_urls, "gateway"))),
]

if settings.POSTFACH_DIR is not None:
    urlpatterns += [path("postfach/", postfach.inbox, name="postfach")]

urlpatterns += [path("", include((citizen_urls, "citizen")))]
