"""The colours: two of our own, one of high contrast, and the terminal's own, dark or light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

DEFAULT_THEME = "garden-dark"

DEFAULT_VARIABLES: dict[str, str] = {
    "quiet": "ansi_default",
    "faint": "ansi_default",
    "cite": "ansi_yellow",
    "note": "ansi_cyan",
    "warn": "ansi_yellow",
    "bad": "ansi_red",
    "good": "ansi_green",
    "here": "ansi_green",
    "row": "ansi_default",
}
"""What `app.tcss` names beyond Textual's own; each theme of ours gives all of them."""


def _theme(name: str, ink: str, paper: str, colours: Mapping[str, str], *, dark: bool) -> Theme:
    return Theme(
        name=name,
        primary=colours["here"],
        accent=colours["here"],
        secondary=colours["note"],
        warning=colours["warn"],
        error=colours["bad"],
        success=colours["good"],
        foreground=ink,
        background=paper,
        surface=paper,
        panel=colours["row"],
        dark=dark,
        variables={
            **colours,
            "input-cursor-background": ink,
            "input-cursor-foreground": paper,
            "input-selection-background": colours["row"],
            "screen-selection-background": colours["row"],
            "screen-selection-foreground": ink,
            "scrollbar": colours["row"],
            "scrollbar-hover": colours["faint"],
            "scrollbar-active": colours["quiet"],
            "scrollbar-background": paper,
            "scrollbar-background-hover": paper,
            "scrollbar-background-active": paper,
            "scrollbar-corner-color": paper,
        },
    )


_DARK = _theme(
    "garden-dark",
    "#d6dae0",
    "#13171c",
    {
        "quiet": "#8a94a3",
        "faint": "#525b69",
        "cite": "#dcaa62",
        "note": "#85b6d8",
        "warn": "#e2b45e",
        "bad": "#ea8b82",
        "good": "#93c89e",
        "here": "#93c89e",
        "row": "#222a33",
    },
    dark=True,
)
_LIGHT = _theme(
    "garden-light",
    "#23272d",
    "#fbfaf6",
    {
        "quiet": "#646a73",
        "faint": "#a3a49f",
        "cite": "#93560a",
        "note": "#28628d",
        "warn": "#85580a",
        "bad": "#ad3128",
        "good": "#2c6c42",
        "here": "#2c6c42",
        "row": "#ebe7dc",
    },
    dark=False,
)
_CONTRAST = _theme(
    "high-contrast",
    "#ffffff",
    "#000000",
    {
        "quiet": "#d8d8d8",
        "faint": "#a8a8a8",
        "cite": "#ffd75f",
        "note": "#87d7ff",
        "warn": "#ffd75f",
        "bad": "#ff9d94",
        "good": "#87ff9f",
        "here": "#87ff9f",
        "row": "#3a3a3a",
    },
    dark=True,
)
_ANSI_LIGHT = replace(
    BUILTIN_THEMES["ansi-light"],
    variables={
        **BUILTIN_THEMES["ansi-light"].variables,
        "cite": "ansi_magenta",
        "note": "ansi_blue",
        "warn": "ansi_red",
    },
)

THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (_DARK, _LIGHT, _CONTRAST, BUILTIN_THEMES["ansi-dark"], _ANSI_LIGHT)
}
"""What can be chosen, in the order `/theme` goes through them."""


LOOKS: dict[str, tuple[str, str]] = {
    "strong": ("", "bold"),
    "title": ("here", "bold"),
    "quiet": ("quiet", ""),
    "faint": ("faint", ""),
    "cite": ("cite", "bold"),
    "key": ("here", ""),
    "note": ("note", ""),
    "date": ("note", ""),
    "warn": ("warn", ""),
    "error": ("bad", ""),
    "ok": ("good", ""),
    "quote": ("quiet", ""),
    "mark": ("", "bold"),
    "em": ("", "italic"),
    "code": ("note", ""),
    "link": ("", "underline"),
    "bar": ("quiet", ""),
    "bar-here": ("here", ""),
    "context": ("quiet", ""),
    "cited": ("", ""),
    "quoted": ("", "bold"),
    "said": ("bad", "bold underline"),
    "found": ("good", "bold underline"),
    "cited-bar": ("cite", "bold"),
    "cited-number": ("cite", ""),
    "cursor": ("row", ""),
    "cursor-mark": ("here", "bold"),
    "cursor-away": ("faint", ""),
}
"""What each style of `pmagent.tui.paint` looks like: a colour of the theme, and attributes."""

_IN_THE_TERMINALS_COLOURS = {"mark": "bold underline", "quoted": "bold underline", "cursor": "bold"}
"""Where shades are not ours to choose, attributes tell what a shade would."""


@lru_cache
def look(theme_name: str) -> Mapping[str, Style]:
    """The styles in the colours of a theme."""
    theme = THEMES[theme_name]
    colours = {**DEFAULT_VARIABLES, **theme.variables}
    styles: dict[str, Style] = {}
    for name, (colour, attributes) in LOOKS.items():
        words = [attributes]
        if theme.ansi:
            words = [_IN_THE_TERMINALS_COLOURS.get(name, attributes)]
            words.append("dim" if colour in {"quiet", "faint"} else "")
        shade = colours[colour].removeprefix("ansi_") if colour else ""
        if shade and shade != "default":
            words.append(f"on {shade}" if name == "cursor" else shade)
        styles[name] = Style.parse(" ".join(word for word in words if word) or "none")
    return styles


def first_theme(environment: Mapping[str, str], remembered: str) -> str:
    """The theme to begin with: without colour, as remembered, or as the terminal's background is.

    Without colour the terminal's own theme is the one that leaves no shade behind.
    """
    if environment.get("NO_COLOR"):
        return "ansi-dark"
    if remembered in THEMES:
        return remembered
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return "garden-light" if background in {"7", "15"} else DEFAULT_THEME


def next_theme(current: str) -> str:
    """The one after `current`, from the last to the first."""
    names = list(THEMES)
    return names[(names.index(current) + 1) % len(names)] if current in names else DEFAULT_THEME
