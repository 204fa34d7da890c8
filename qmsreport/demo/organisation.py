"""Who the demonstration organisation is: its teams, products, rhythms and objectives. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Lindhafen Zahlungsdienste GmbH"
SYSTEM = "Lindhafen payment platform"
HOST = "lindhafen.example"  # a name reserved for examples: it leads nowhere
ZONE = "Europe/Berlin"
EU, US, STAGING = "production-eu", "production-us", "staging"
PRODUCTION = (EU, US)
LAST = 7  # index of the last complete quarter; 0 is the oldest one, 8 the running one

TEAMS = {
    "checkout": ("mreuter", "okafor.c", "jlindqvist", "tbauer", "p-santos"),
    "ledger": ("hkowalski", "adiallo", "svogt", "renhartog"),
    "risk": ("nyilmaz", "efischer", "l.moreau", "ktanaka"),
    "merchant": ("bschulte", "dnovak", "fcarvalho", "i-petersen"),
    "platform": ("gwinter", "rmahler", "ubrandt", "zsharma"),
}
BOT = "dependency-bot"
PIPELINE = "release-train"  # the account that deploys unattended


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One service and its habits; a pair is its value in the oldest and in the last complete quarter."""

    name: str
    team: str
    repository: str
    tier: str
    criticality: str
    releases_per_week: tuple[float, float]
    changes_per_release: float
    lead_hours: tuple[float, float]  # median from the first commit to the merge
    fail_rate: tuple[float, float]  # share of production deployments that cause an incident
    environments: tuple[str, ...] = PRODUCTION
    path: str = ""  # prefix inside a monorepo
    minutes: float = 8.0  # median length of a deployment
    only_on: tuple[int, ...] | None = None  # its releases in the last complete quarter, as days of it

    @property
    def title(self) -> str:
        """Its name as people write it in a sentence."""
        words = [word.upper() if word in ("api", "kyc") else word for word in self.name.split("-")]
        return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])

    def rate_of_release(self, quarter: int) -> float:
        """Releases per week in a quarter, 0 the oldest."""
        return _between(self.releases_per_week, quarter)

    def lead(self, quarter: int) -> float:
        """Median hours from first commit to merge in a quarter."""
        return _between(self.lead_hours, quarter)

    def failing(self, quarter: int) -> float:
        """Probability that a production deployment of a quarter causes an incident."""
        return _between(self.fail_rate, quarter)


def _between(pair: tuple[float, float], quarter: int) -> float:
    first, last = pair
    return first + (last - first) * min(quarter, LAST) / LAST


PRODUCTS = (
    # deploys daily, and learns: its lead time falls from most of a week to hours
    Product(
        name="checkout-api",
        team="checkout",
        repository="lindhafen/checkout-api",
        tier="1",
        criticality="critical",
        releases_per_week=(3.8, 6.6),
        changes_per_release=3.0,
        lead_hours=(96.0, 5.0),
        fail_rate=(0.045, 0.02),
        minutes=6.0,
    ),
    Product(
        name="checkout-web",
        team="checkout",
        repository="lindhafen/checkout-web",
        tier="1",
        criticality="high",
        releases_per_week=(2.4, 3.0),
        changes_per_release=3.4,
        lead_hours=(40.0, 36.0),
        fail_rate=(0.04, 0.04),
    ),
    # breaches its availability objective in the last complete quarter
    Product(
        name="payment-gateway",
        team="checkout",
        repository="lindhafen/payment-gateway",
        tier="1",
        criticality="critical",
        releases_per_week=(1.8, 2.0),
        changes_per_release=4.0,
        lead_hours=(60.0, 66.0),
        fail_rate=(0.05, 0.06),
        minutes=14.0,
    ),
    # three services in one repository
    Product(
        name="settlement",
        team="ledger",
        repository="lindhafen/finance",
        path="services/settlement/",
        tier="1",
        criticality="critical",
        releases_per_week=(0.9, 1.0),
        changes_per_release=5.5,
        lead_hours=(80.0, 72.0),
        fail_rate=(0.05, 0.05),
        environments=(EU,),
    ),
    Product(
        name="ledger",
        team="ledger",
        repository="lindhafen/finance",
        path="services/ledger/",
        tier="1",
        criticality="critical",
        releases_per_week=(0.8, 0.8),
        changes_per_release=5.0,
        lead_hours=(90.0, 90.0),
        fail_rate=(0.04, 0.04),
    ),
    Product(
        name="invoicing",
        team="ledger",
        repository="lindhafen/finance",
        path="services/invoicing/",
        tier="2",
        criticality="medium",
        releases_per_week=(0.5, 0.5),
        changes_per_release=5.0,
        lead_hours=(110.0, 100.0),
        fail_rate=(0.06, 0.06),
        environments=(EU,),
    ),
    # ships faster than it tests: its change fail rate climbs
    Product(
        name="fraud-scoring",
        team="risk",
        repository="lindhafen/fraud-scoring",
        tier="1",
        criticality="high",
        releases_per_week=(1.3, 2.2),
        changes_per_release=3.6,
        lead_hours=(50.0, 40.0),
        fail_rate=(0.03, 0.21),
        minutes=19.0,
    ),
    Product(
        name="kyc",
        team="risk",
        repository="lindhafen/kyc",
        tier="2",
        criticality="high",
        releases_per_week=(0.8, 0.8),
        changes_per_release=4.5,
        lead_hours=(70.0, 75.0),
        fail_rate=(0.05, 0.05),
        environments=(EU,),
    ),
    Product(
        name="merchant-portal",
        team="merchant",
        repository="lindhafen/merchant-portal",
        tier="2",
        criticality="medium",
        releases_per_week=(1.8, 2.0),
        changes_per_release=4.2,
        lead_hours=(55.0, 50.0),
        fail_rate=(0.05, 0.05),
    ),
    # three deployments in the last complete quarter: too few for a median to mean much
    Product(
        name="webhooks",
        team="merchant",
        repository="lindhafen/webhooks",
        tier="2",
        criticality="medium",
        releases_per_week=(0.5, 0.4),
        changes_per_release=4.0,
        lead_hours=(65.0, 120.0),
        fail_rate=(0.06, 0.0),
        environments=(EU,),
        only_on=(9, 37, 66),
    ),
    # deploys about once a month
    Product(
        name="identity",
        team="platform",
        repository="lindhafen/identity",
        tier="1",
        criticality="critical",
        releases_per_week=(0.24, 0.26),
        changes_per_release=9.0,
        lead_hours=(130.0, 120.0),
        fail_rate=(0.07, 0.07),
        minutes=22.0,
    ),
    # no deployment at all in the last complete quarter
    Product(
        name="archive",
        team="platform",
        repository="lindhafen/archive",
        tier="3",
        criticality="low",
        releases_per_week=(0.3, 0.1),
        changes_per_release=4.0,
        lead_hours=(150.0, 150.0),
        fail_rate=(0.05, 0.0),
        environments=(EU,),
        only_on=(),
    ),
)
BY_NAME = {product.name: product for product in PRODUCTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One service level objective, the traffic behind it and how much of its budget an ordinary day spends."""

    slo_id: str
    service: str
    title: str
    target: float
    kind: str
    window_seconds: int
    per_hour: float  # valid events of a busy hour
    spends: float  # share of the error budget that goes without any incident
    drift: float = 0.0  # how much more of the budget that is at the end than at the beginning
    threshold: float | None = None  # seconds, for latency

    @property
    def hits(self) -> float:
        """How hard an incident shows in it: a latency objective feels what an availability one hardly sees."""
        return 1.6 if self.kind == "latency" else 1.0


OBJECTIVES = (
    Objective(
        slo_id="checkout-api-availability",
        service="checkout-api",
        title="Checkout requests answered without a server error",
        target=0.999,
        kind="ratio",
        window_seconds=900,
        per_hour=42_000,
        spends=0.35,
    ),
    Objective(
        slo_id="checkout-api-latency",
        service="checkout-api",
        title="Checkout requests answered within 300 ms",
        target=0.99,
        kind="latency",
        window_seconds=900,
        per_hour=42_000,
        spends=0.7,
        drift=-0.4,
        threshold=0.3,
    ),
    Objective(
        slo_id="checkout-web-availability",
        service="checkout-web",
        title="Checkout pages delivered without a server error",
        target=0.999,
        kind="ratio",
        window_seconds=900,
        per_hour=61_000,
        spends=0.3,
    ),
    Objective(
        slo_id="payment-gateway-availability",
        service="payment-gateway",
        title="Authorisations answered by the gateway",
        target=0.999,
        kind="ratio",
        window_seconds=900,
        per_hour=18_000,
        spends=0.4,
    ),
    Objective(
        slo_id="payment-gateway-latency",
        service="payment-gateway",
        title="Authorisations answered within 800 ms",
        target=0.99,
        kind="latency",
        window_seconds=900,
        per_hour=18_000,
        spends=0.5,
        threshold=0.8,
    ),
    Objective(
        slo_id="fraud-scoring-latency",
        service="fraud-scoring",
        title="Scores returned within 150 ms",
        target=0.985,
        kind="latency",
        window_seconds=900,
        per_hour=18_000,
        spends=0.55,
        drift=0.45,
        threshold=0.15,
    ),
    Objective(
        slo_id="ledger-availability",
        service="ledger",
        title="Bookings written without an error",
        target=0.9995,
        kind="ratio",
        window_seconds=3600,
        per_hour=36_000,
        spends=0.3,
    ),
    # nothing is settled between three and four in the morning: windows with no traffic at all
    Objective(
        slo_id="settlement-success",
        service="settlement",
        title="Settlement instructions accepted by the bank",
        target=0.995,
        kind="ratio",
        window_seconds=3600,
        per_hour=2_400,
        spends=0.5,
    ),
    Objective(
        slo_id="identity-availability",
        service="identity",
        title="Sign-ins answered without a server error",
        target=0.999,
        kind="ratio",
        window_seconds=3600,
        per_hour=9_500,
        spends=0.3,
    ),
    Objective(
        slo_id="webhooks-delivery",
        service="webhooks",
        title="Notifications delivered at the first attempt",
        target=0.98,
        kind="ratio",
        window_seconds=3600,
        per_hour=7_000,
        spends=0.6,
        drift=0.1,
    ),
)
