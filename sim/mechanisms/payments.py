"""Payments: what each cargo moves between accounts, every payment with a payer and a payee."""

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import USD_PER_T


@mechanism(
    "shipped[lane] through[lane] price[lane] freight[lane]:shared tariff[lane] duty_rate[lane] rent[lane] premium[point]"
    " home[point] crosses[lane]:shared seller[lane]:point buyer_account[lane]:account seller_account[lane]:account"
    " buyer_government[lane]:account seller_government[lane]:account outside[lane]:account money[account]"
    " -> value[lane] fob[lane] duty[lane] rent_paid[lane] leak_margin[lane] money_next[account]"
)
def pay_for_cargo(  # type: ignore[no-untyped-def]
    shipped, through, price, freight, tariff, duty_rate, rent, premium, home, crosses, seller, buyer_account,
    seller_account, buyer_government, seller_government, outside, money, value, fob, duty, rent_paid, leak_margin,
    money_next,
):  # fmt: skip
    """Let buyers pay sellers, sellers the carrier and both treasuries, in USD.

    Leaked cargo (shipped beyond what went through) pays neither duty nor rent. Rent stays with the holder of the permit,
    the seller's firms, and is booked on a line of its own.

    Parameters
    ----------
    shipped, through : (lane,) t shipped; t of it that passed permission
    price, freight, rent : (lane,) USD/kg delivered; carriage; permit price
    tariff, duty_rate, crosses : (lane,) import duty and export duty, shares; 1 across a border
    premium, home : (point,) USD/kg, the seller's own export premium; its home ask
    money : (account,) USD, balances

    Returns
    -------
    value, fob, duty, rent_paid, leak_margin : (lane,) USD; the last is what cargo past the books earns over the home ask
    """
    money_next[:] = money
    for lane in range(shipped.size):
        value[lane], fob[lane], duty[lane], rent_paid[lane], leak_margin[lane] = 0.0, 0.0, 0.0, 0.0, 0.0
        if shipped[lane] > 0.0:
            tonnes = shipped[lane] * USD_PER_T
            value[lane] = tonnes * price[lane]
            carriage = tonnes * freight[lane]
            customs = 0.0
            if crosses[lane] > 0.5:
                if tariff[lane] != 0.0:
                    customs = value[lane] * (1.0 - 1.0 / (1.0 + tariff[lane]))
                rent_paid[lane] = through[lane] * USD_PER_T * rent[lane]
            fob[lane] = value[lane] - customs - carriage
            if crosses[lane] > 0.5:
                legal = through[lane] / shipped[lane]
                leak_margin[lane] = (1.0 - legal) * (fob[lane] - tonnes * home[seller[lane]])
                if duty_rate[lane] != 0.0:
                    base = max(fob[lane] - rent_paid[lane] - tonnes * premium[seller[lane]], 0.0)
                    duty[lane] = base * (1.0 - 1.0 / (1.0 + duty_rate[lane])) * legal
            money_next[buyer_account[lane]] -= value[lane]
            money_next[seller_account[lane]] += value[lane] - customs - carriage - duty[lane]
            money_next[buyer_government[lane]] += customs
            money_next[outside[lane]] += carriage
            money_next[seller_government[lane]] += duty[lane]
