"""The whole history of the demonstration organisation, told once for a day."""

from __future__ import annotations

from qmsreport.demo import assembly, delivery, flaws, operation
from qmsreport.demo.drafts import History
from qmsreport.demo.organisation import PRODUCTS
from qmsreport.demo.timeline import Timeline


def tell(timeline: Timeline) -> History:
    """Everything up to the end of the running quarter; the writer cuts it at what is known."""
    history = History()
    for product in PRODUCTS:
        delivery.deliver(product, timeline, history)
    operation.befall(timeline, history)
    flaws.plant_deployments(timeline, history)
    flaws.plant_incidents(timeline, history)
    operation.run_their_course(timeline, history)
    assembly.assemble(history)
    flaws.plant_changes(timeline, history)
    return history
