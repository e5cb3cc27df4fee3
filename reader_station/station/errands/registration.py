"""Individual registration (個人註冊): who you are, contact and password, then the confirmation mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from reader_station.station.errands import registration_forms as forms
from reader_station.station.errands.errand import Act, Errand, Form, Panel
from reader_station.station.session import Visit
from reader_station.wire import (
    APPLY,
    CHECK_IDENTITY,
    RESEND,
    WITHDRAW,
    ApplyRequest,
    ConfirmationSent,
    Contact,
    IdentityRequest,
    RejectionNotice,
    SentProof,
    WireAnswer,
)

# Codes that are about the card rather than about what was typed: the panel of the card's status is shown.
ABOUT_THE_CARD: Final = frozenset({"ALREADY_REGISTERED", "BLOCKED", "LOCKED", "OLD_CARD", "UNKNOWN_CARD"})
PANELS: Final = {"PENDING": "pending", "ACTIVE": "active"}  # by the state of the card; none: may apply


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSoFar:
    """What a person typed and the portal answered during one visit. Holds no password.

    `proven` is the proof that the portal accepted; `done` names a finished act: resent or withdrawn.
    """

    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    proven: SentProof | None = field(default=None, repr=False)
    rejection: RejectionNotice | None = field(default=None, repr=False)
    confirmation: ConfirmationSent | None = field(default=None, repr=False)
    done: str = ""


class Registration(Errand):
    """Apply in two steps, or have the mail of an application sent again, or withdraw the application."""

    path = "/registration"
    title = ("個人註冊", "Registration")

    def acts(self) -> Sequence[Act]:
        """Every form of the errand."""
        return (
            Act(path="/identity", carry_out=self.identify),
            Act(path="/contact", carry_out=self.apply),
            Act(path="/back", carry_out=self.go_back, asks_portal=False),
            Act(path="/resend", carry_out=self.resend),
            Act(path="/withdraw", carry_out=self.withdraw),
        )

    async def identify(self, visit: Visit, form: Form) -> None:
        """Ask whether the proof fits the person."""
        so_far = visit.of(RegistrationSoFar)
        if so_far.confirmation is not None or so_far.proven is not None:
            return  # the button was pressed twice
        filled = forms.permit(form) if visit.status.kind == "foreign" else forms.household(form)
        so_far = replace(so_far, typed=filled.typed, done="")
        if isinstance(filled.proof, RejectionNotice):
            await self._show_rejection(visit, so_far, filled.proof)
            return
        answer = await self.ask(CHECK_IDENTITY, IdentityRequest(card=visit.sent_card, proof=filled.proof))
        if isinstance(answer, RejectionNotice):
            await self._show_rejection(visit, so_far, answer)
        else:
            visit.keep(replace(so_far, proven=filled.proof, rejection=None))

    async def apply(self, visit: Visit, form: Form) -> None:
        """Send the application, once however often the button was pressed."""
        so_far = visit.of(RegistrationSoFar)
        if so_far.confirmation is not None or so_far.proven is None:
            return
        contact = forms.contact(form)
        body = ApplyRequest(card=visit.sent_card, proof=so_far.proven, **contact)
        answer = await self.ask(APPLY, body)
        if isinstance(answer, RejectionNotice):
            typed = {**so_far.typed, **{name: contact[name] for name in Contact.model_fields}}
            await self._show_rejection(visit, replace(so_far, typed=typed), answer)
        else:
            visit.keep(RegistrationSoFar(confirmation=answer))

    async def go_back(self, visit: Visit, _form: Form) -> None:
        """From the second step to the first; what was typed stays."""
        visit.keep(replace(visit.of(RegistrationSoFar), proven=None, rejection=None))

    async def resend(self, visit: Visit, _form: Form) -> None:
        """Have the confirmation mail sent once more."""
        await self._conclude(visit, await self.ask(RESEND, visit.card_request), done="resent")

    async def withdraw(self, visit: Visit, _form: Form) -> None:
        """Delete the application."""
        await self._conclude(visit, await self.ask(WITHDRAW, visit.card_request), done="withdrawn")

    def panel(self, visit: Visit) -> Panel:
        """The step that the person has reached, or the page of the card's status."""
        so_far = visit.of(RegistrationSoFar)
        return Panel(f"registration/{_panel_name(visit, so_far)}", {"visit": visit, "so_far": so_far})

    async def _show_rejection(
        self, visit: Visit, so_far: RegistrationSoFar, refused: RejectionNotice
    ) -> None:
        """Show a rejection above its form; one that is about the card shows the panel of the card's status.

        ALREADY_REGISTERED comes too when the answer to an earlier try was lost on its way.
        """
        if refused.code in ABOUT_THE_CARD:
            await self._start_over(visit, so_far)
        else:
            visit.keep(replace(so_far, rejection=refused))

    async def _conclude(self, visit: Visit, answer: WireAnswer | RejectionNotice, *, done: str) -> None:
        if isinstance(answer, RejectionNotice):
            visit.keep(replace(visit.of(RegistrationSoFar), rejection=answer, done=""))
        else:
            await self._start_over(visit, visit.of(RegistrationSoFar), done=done)

    async def _start_over(self, visit: Visit, so_far: RegistrationSoFar, *, done: str = "") -> None:
        """Renew the card's status and forget what was typed, unless the portal is away."""
        failed = await self.look_again(visit)
        if failed is None:
            visit.keep(RegistrationSoFar(done=done))
        else:
            visit.keep(replace(so_far, rejection=failed, done=""))


def _panel_name(visit: Visit, so_far: RegistrationSoFar) -> str:
    if so_far.confirmation is not None:
        return "mail_sent"
    if visit.status.state != "none":
        return PANELS.get(visit.status.state, "not_possible")
    if so_far.proven is not None:
        return "contact"
    return "permit" if visit.status.kind == "foreign" else "household"
