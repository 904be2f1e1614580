"""Who is in the demo class: learners by name and by the way they practise."""

from dataclasses import dataclass
from typing import Literal

# Marks the accounts that the demo made; no mail can go there, and nobody's own account is ever touched.
MAIL_DOMAIN = "demo.invalid"

Kind = Literal["strong", "steady", "weak", "wheel-spinner", "begun", "absent"]


class DemoRefused(Exception):
    """The demo class cannot be made here; the text says why and what to do."""


@dataclass(frozen=True)
class SimulatedLearner:
    first_name: str
    last_name: str
    kind: Kind

    @property
    def username(self) -> str:
        return ".".join(name for name in (self.first_name, self.last_name) if name).lower()


ANA = SimulatedLearner("Ana", "", "begun")  # the demo's learner: one signs in as her and goes on from where she is
LEARNERS = (
    SimulatedLearner("Ben", "Okafor", "weak"),
    SimulatedLearner("Mia", "Larsen", "wheel-spinner"),
    SimulatedLearner("Chen", "Wei", "strong"),
    SimulatedLearner("Dara", "Kelly", "steady"),
    SimulatedLearner("Elif", "Demir", "steady"),
    SimulatedLearner("Finn", "Weber", "absent"),
    SimulatedLearner("Goran", "Petrov", "weak"),
    SimulatedLearner("Hana", "Sato", "strong"),
    SimulatedLearner("Ines", "Costa", "steady"),
    SimulatedLearner("Jomo", "Kamau", "wheel-spinner"),
    SimulatedLearner("Kaya", "Novak", "absent"),
    SimulatedLearner("Liv", "Berg", "strong"),
)


def mail_of(username: str) -> str:
    return f"{username}@{MAIL_DOMAIN}"
