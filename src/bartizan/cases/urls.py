"""Routes of cases, and their place in the menu."""

from __future__ import annotations

from django.urls import path, re_path

from bartizan.cases import queries
from bartizan.cases.pages import (
    bench_deeds,
    clips,
    clock_deeds,
    contact_deeds,
    deeds,
    drills,
    evidence_deeds,
    evidence_papers,
    gate_deeds,
    interview_deeds,
    laws,
    lessons,
    listing,
    muster,
    own_notice,
    packet_deeds,
    plan_deeds,
    plan_edit,
    plans,
    report,
    reports,
    safe,
    view,
)
from bartizan.cases.queries.masks import in_a_list
from bartizan.cases.queries.muster import running_musters
from bartizan.cases.queries.sanction import own_charges
from bartizan.core.subjects import page_of
from bartizan.web import panels
from bartizan.web.palette import Found, deed
from bartizan.web.shell import Item, menu

menu(
    Item(
        "cases",
        "Cases",
        "case",
        order=40,
        go="c",
        count=lambda user: queries.open_cases(user).count(),
        on_phone=True,
        needs="see cases",
    )
)
menu(
    Item(
        "reports",
        "Reports",
        "talk",
        order=41,
        count=lambda user: queries.open_reports(user).count(),
        needs="see cases",
    )
)
menu(Item("plans", "Plans", "list", order=43, needs="see cases"))
panels.show(
    panels.Panel(
        "me",
        20,
        "cases/report_panel.html",
        lambda user: {
            "own": queries.own_reports(user).exists(),
            "asked": queries.own_reports(user).filter(state="asked").count(),
        },
    )
)
menu(Item("muster", "Muster", "people", order=42, count=lambda user: running_musters(user).count(), needs="see alarms"))
panels.show(
    panels.Panel(
        "now",
        5,
        "cases/muster_panel.html",
        lambda user: {"running": list(running_musters(user)[:4])},
        needs="see alarms",
    )
)
panels.show(panels.Panel("doors", 10, "cases/muster_doors.html", muster.of_doors, needs="see alarms"))
panels.show(panels.Panel("me", 10, "cases/own_panel.html", lambda user: {"charges": own_charges(user)}))
panels.show(
    panels.Panel(
        "now",
        10,
        "cases/open_panel.html",
        lambda user: {
            "number": queries.open_cases(user).count(),
            "cases": in_a_list(user, queries.open_cases(user)[:6]),
        },
        needs="see cases",
    )
)

deed(Found("talk", "Report something", "with a name or without", "/report"))
deed(Found("people", "Call a muster", "evacuate, shelter, own words", "/muster"), needs="work alarms")
deed(Found("case", "Open a case", "by hand", "/cases"), needs="work cases")
deed(Found("list", "Response plans", "and drills, with their times", "/plans"), needs="see cases")
deed(Found("idea", "Lessons of all cases", "measures that are proposed", "/lessons"), needs="see cases")
page_of("case", "/cases/{}")
page_of("muster", "/muster/{}")
page_of("report", "/reports/{}")
page_of("exhibit", "/cases/{}/evidence")

_NUMBER = r"^cases/(?P<number>\d{4}-\d{3,8})"
_EXHIBIT = _NUMBER + r"/evidence/(?P<exhibit>E[-0-9]*)"

urlpatterns = [
    path("cases", listing.cases, name="cases"),
    re_path(_NUMBER + r"$", view.case, name="case"),
    re_path(_NUMBER + r"/pinpoint$", gate_deeds.tab, name="pinpoint"),
    re_path(_NUMBER + r"/pinpoint/do/(?P<deed>[a-z]+)$", gate_deeds.do, name="gate-do"),
    re_path(_NUMBER + r"/evidence$", evidence_deeds.tab, name="evidence"),
    re_path(_NUMBER + r"/evidence/(?P<paper>chain|stamp|head)$", evidence_papers.paper, name="evidence-paper"),
    re_path(_NUMBER + r"/evidence/do/(?P<deed>[a-z]+)$", evidence_deeds.do, name="evidence-do"),
    re_path(_EXHIBIT + r"$", evidence_deeds.tab, name="exhibit"),
    re_path(_EXHIBIT + r"/label$", evidence_deeds.label, name="exhibit-label"),
    *contact_deeds.urlpatterns,
    *interview_deeds.urlpatterns,
    *laws.urlpatterns,
    *plan_deeds.urlpatterns,
    *plan_edit.urlpatterns,
    *plans.urlpatterns,
    *drills.urlpatterns,
    *lessons.urlpatterns,
    re_path(_NUMBER + r"/clocks/do/(?P<deed>[a-z]+)$", clock_deeds.do, name="clock-do"),
    re_path(_NUMBER + r"/findings$", bench_deeds.tab, name="bench"),
    re_path(_NUMBER + r"/findings/do/(?P<deed>[a-z]+)$", bench_deeds.do, name="bench-do"),
    *bench_deeds.urlpatterns,
    *clips.urlpatterns,
    *muster.urlpatterns,
    *safe.urlpatterns,
    *own_notice.urlpatterns,
    *packet_deeds.urlpatterns,
    *report.urlpatterns,
    *reports.urlpatterns,
    re_path(_NUMBER + rf"/(?P<tab>{'|'.join(view.TABS)})$", view.case, name="case-tab"),
    re_path(_NUMBER + r"/do/(?P<deed>[a-z]+)$", deeds.do, name="case-do"),
]
