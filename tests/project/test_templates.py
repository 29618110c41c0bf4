"""The tests' own net: a template that uses what its view did not give fails, ours only."""

import pytest
from django.template import Context, Template, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Origin

from nachruecker.embedded.run_folder import PROJECT
from nachruecker.settings.test import UndefinedVariable


def template_of(path: str, source: str) -> Template:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    return Template(source, origin=Origin(name=path), engine=backend.engine)


OUR_PATH = str(PROJECT / "templates/part.html")


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ given.missing }}",
        "{{ missing|upper }}",
        "{% load i18n %}{% blocktranslate %}{{ missing }}{% endblocktranslate %}",
    ],
)
def test_an_undefined_variable_fails_in_our_templates(source: str) -> None:
    with pytest.raises(UndefinedVariable, match=r"missing.*templates/part\.html"):
        template_of(OUR_PATH, source).render(Context({"given": {}}))


def test_a_question_for_a_variable_is_no_use_of_it() -> None:
    assert template_of(OUR_PATH, "{% if missing %}yes{% else %}no{% endif %}").render(Context()) == "no"


def test_templates_of_packages_are_their_own_business() -> None:
    assert template_of("/elsewhere/admin/base.html", "[{{ missing }}]").render(Context()) == "[]"
