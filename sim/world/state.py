"""State: what is true at the end of a week. Only the model writes it."""

from dataclasses import dataclass

from sim.world.columns import Array, column

PRICE_WEEKS = 14
"""Weeks of prices kept: this week's and a quarter back."""
TRADED_WEEKS = 4
"""Weeks over which the traded price is averaged (measures: price_traded)."""


@dataclass
class State:
    """Every tonne is in exactly one of on_hand, queues (reserved), held, sea, inside, residue, swarf_pending."""

    # stock points
    on_hand: Array = column("point", "t", "on hand")
    residue: Array = column("point", "t", "surplus of joint separation set aside")
    origin: Array = column("row group", "share", "origin of all a point's goods, a row for each layer they have, summing to 1")
    sea: Array = column("slot point", "t", "at sea towards the point, by week of arrival")
    sea_origin: Array = column("slot cargo group", "t", "the same by origin")
    cover: Array = column("point", "weeks", "wished cover")
    expected_use: Array = column("point", "t/week", "use expected, smoothed")
    paid: Array = column("point", "USD/kg", "price really paid, smoothed over a quarter")
    paid_now: Array = column("point", "USD/kg", "price of this week's orders")
    paid_normal: Array = column("point", "USD/kg", "price the buyer thinks normal, its long memory")
    paid_ring: Array = column("quarter point", "USD/kg", "price of orders by week")
    index_ring: Array = column("quarter index", "USD/kg", "price indices that contracts read, by week")
    ask: Array = column("point", "USD/kg", "ask in the home book, without VAT")
    normal_ask: Array = column("point", "USD/kg", "ask the seller thinks normal, its long memory")
    ask_ring: Array = column("quarter point", "USD/kg", "ask by week")
    premium: Array = column("point", "USD/kg", "own export premium over parity")
    unit_cost: Array = column("point", "USD/kg", "inputs and cash cost per kg of product")
    orders: Array = column("point", "t/week", "orders received, smoothed")
    debt: Array = column("point", "USD", "borrowed by a trader against its stock")
    # lanes
    share: Array = column("lane", "share", "share of the buyer's needs")
    qualified: Array = column("lane", "share", "progress of qualification")
    fill: Array = column("lane", "share", "share of what was due that came, remembered")
    term_volume: Array = column("lane", "t/week", "volume of this year's term contract")
    term_called: Array = column("lane", "t", "ordered on the lane since the contract was renewed")
    leak_route: Array = column("lane", "share", "share of cargo for which a way past the books is open")
    backlog: Array = column("lane", "t", "ordered earlier and open")
    waiting: Array = column("lane", "t", "reserved: applied for, waiting for intake")
    deciding: Array = column("lane", "t", "reserved: waiting for a decision")
    held: Array = column("lane", "t", "held at the border")
    due_before: Array = column("lane", "t", "orders open last week")
    shipped_before: Array = column("lane", "t", "shipped last week")
    # views, needs, lines
    belief: Array = column("view", "share", "risk belief of a buyer about an origin")
    intensity: Array = column("need", "share", "intensity, 1 at the start")
    saved_for_good: Array = column("need", "share", "saving that never returns")
    owed: Array = column("need", "t", "postponed demand")
    extra: Array = column("need", "t", "postponed demand due this week")
    moved: Array = column("need", "share", "goods making moved to the exporter")
    moved_peak: Array = column("need", "share", "most there ever was")
    inside: Array = column("line", "t", "feed inside the circuit")
    swarf_pending: Array = column("line", "t", "swarf on its way back")
    running: Array = column("line", "share", "capacity kept open")
    weeks_below: Array = column("line", "weeks", "weeks in a row below cash cost")
    weeks_above: Array = column("line", "weeks", "weeks in a row above")
    grown: Array = column("line", "share", "capacity over nameplate")
    margin_year: Array = column("line", "share", "margin over cost, mean of the past year")
    run: Array = column("line", "t/week", "fed this week")
    usual_run: Array = column("line", "t/week", "fed per week over the past year, outages left out")
    # projects, pools, money, books
    stage: Array = column("project", "code", "0 waiting, 1 building, 2 standing, 3 failed")
    week_due: Array = column("project", "week", "first product")
    rent: Array = column("pool", "USD/kg", "the permit's shadow price")
    rent_quarter: Array = column("pool", "USD/kg", "its mean over the past quarter, smoothed")
    permits_left: Array = column("pool", "t", "permits left in the period, gross weight")
    permit_period: Array = column(
        "pool", "week", "first week of the period the permits belong to, plus one; 0 for none"
    )
    revenue_before: Array = column("country", "USD/week", "export revenue over the year before a country's first measure")
    since: Array = column("country", "flag", "1 once a country has taken a measure that is not background")
    ledger: Array = column("country", "USD", "export revenue since then less what it was before")
    money: Array = column("account", "USD", "balance since the start")
    store_bought: Array = column("point", "USD", "paid for what is in a store")
    sea_tonnes: Array = column("slot trade", "t", "at sea by trade relation and week of arrival")
    sea_usd: Array = column("slot trade", "USD", "its value, CIF, without import duty")
    coming_tonnes: Array = column("slot cell", "t", "at sea to a market, at arm's length, by week of arrival")
    coming_usd: Array = column("slot cell", "USD", "its value, CIF, without import duty")
    coming_spot: Array = column("slot cell", "t", "of it outside contracts")
    traded_tonnes: Array = column("cell traded", "t", "delivered in the last weeks")
    traded_usd: Array = column("cell traded", "USD", "its value")
    quote: Array = column("cell", "USD/kg", "quoted price")
