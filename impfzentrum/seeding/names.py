"""Common names to combine at random. Whoever bears such a combination is not meant: these people are synthetic."""

from __future__ import annotations

from random import Random


def names(text: str) -> list[str]:
    return text.split()


ORIGINS = {"german": 84, "turkish": 6, "polish": 6, "ukrainian": 4}
"""Rough shares (K)."""

FAMILY = {
    "german": names("""
        Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein
        Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier
        Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn
        Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Böhm Jäger
        Emde Göbel Trachte Bangert Schüttler Wilke"""),
    "turkish": names("""
        Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç
        Kurt Özkan Şimşek"""),
    "polish": names("""
        Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski
        Jankowski Mazur Krawczyk Piotrowski Grabowski Pawłowski Michalski Król Wróbel"""),
    "ukrainian": names("""
        Schewtschenko Bondarenko Kowalenko Tkatschenko Krawtschenko Olijnyk Schewtschuk Koval Polischtschuk
        Bondar Tkatschuk Moros Martschenko Lysenko Rudenko Sawtschenko Petrenko Krawtschuk Klymenko Pawlenko"""),
}

GERMAN_GIVEN = {
    62: names("""
        Hans Peter Klaus Günter Heinz Manfred Werner Dieter Helmut Horst Jürgen Karl Wilhelm Friedrich Ursula Helga
        Renate Karin Ingrid Gisela Christa Erika Monika Elisabeth Waltraud Hannelore Gerda Brigitte"""),
    38: names("""
        Andreas Michael Thomas Stefan Frank Jörg Uwe Matthias Markus Christian Jens Torsten Holger Björn Sabine
        Susanne Petra Andrea Martina Claudia Birgit Heike Anja Katrin Tanja Nicole Silke Kerstin"""),
    0: names("""
        Lukas Jan Tim Felix Jonas Niklas Leon Philipp Maximilian Florian Sören Moritz Julian Paul Laura Lena Julia
        Anna Sarah Lea Marie Hannah Jana Sophie Mareike Zoé Franziska Nele"""),
}
"""Given names of three generations, by the age from which they are common today."""

GIVEN = {
    "turkish": names("""
        Mehmet Mustafa Ahmet Ali Hüseyin İbrahim Murat Emre Can Özgür Fatma Ayşe Emine Hatice Zeynep Elif Meryem
        Gülşen Özlem Büşra"""),
    "polish": names("""
        Piotr Krzysztof Andrzej Tomasz Paweł Marcin Michał Łukasz Grzegorz Jakub Agnieszka Małgorzata Katarzyna
        Joanna Beata Magdalena Ewa Dorota Elżbieta Zofia"""),
    "ukrainian": names("""
        Oleksandr Serhij Wolodymyr Andrij Mykola Iwan Dmytro Jurij Bohdan Taras Oksana Olena Natalija Iryna Tetjana
        Halyna Switlana Julija Ljudmyla Kateryna"""),
}


def pick_origin(chance: Random) -> str:
    return chance.choices(list(ORIGINS), list(ORIGINS.values()))[0]


def pick_name(chance: Random, *, origin: str, age: int) -> tuple[str, str]:
    """A given name that was common when such a person was born, and a family name."""
    if origin == "german":
        given = next(given for from_age, given in GERMAN_GIVEN.items() if age >= from_age)
    else:
        given = GIVEN[origin]
    return chance.choice(given), chance.choice(FAMILY[origin])
