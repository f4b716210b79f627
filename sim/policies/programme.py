"""Programme: research, then qualification, then adoption at a yearly rate up to a ceiling; paid for year by year."""

import numpy as np
from pydantic import Field

from sim.policies.policy import Answer, Memory
from sim.policies.trigger import Acting, GovernmentPolicy, weekly
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class Programme(GovernmentPolicy):
    """A programme that, once begun, runs on: what was learnt is not unlearnt."""

    research_weeks: float = Field(
        default=104.0, ge=0, le=1040, description="weeks of research before anything is qualified"
    )
    qualification_weeks: float = Field(default=52.0, ge=0, le=1040, description="weeks until users have qualified it")
    adoption_share_yr: float = Field(default=0.1, ge=0, le=1, description="share of use that takes it up per year")
    ceiling: float = Field(default=0.3, ge=0, le=1, description="largest share of use that takes it up")
    research_musd: float = Field(
        default=30.0, ge=0, le=1e5, description="cost of research and qualification, million USD"
    )
    adoption_musd: float = Field(
        default=50.0, ge=0, le=1e5, description="grants until the ceiling is reached, million USD"
    )

    def course(self) -> str:
        """Lags, rate and ceiling in words."""
        return (
            f"after {self.research_weeks:g} weeks of research and {self.qualification_weeks:g} of qualification, "
            f"{100 * self.adoption_share_yr:g} % a year up to {100 * self.ceiling:g} %"
        )


class Running(Acting):
    """A programme bound to a world."""

    def __init__(self, policy: Programme, net: Network, rows: Rows, watched: np.ndarray, line: str) -> None:
        super().__init__(policy, net, rows, watched)
        self.programme, self.line = policy, line

    def years(self, memory: Memory) -> np.ndarray:
        """Years since it was qualified, 0 before, per replicate."""
        p = self.programme
        years = (memory["since"] - 1.0 - p.research_weeks - p.qualification_weeks) / 52.0
        return np.asarray(np.maximum(years, 0.0))

    def adopted(self, memory: Memory) -> np.ndarray:
        """Share taken up so far, per replicate."""
        return np.asarray(np.minimum(self.years(memory) * self.programme.adoption_share_yr, self.programme.ceiling))

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p, since = self.programme, memory["since"]
        lag = p.research_weeks + p.qualification_weeks
        years = p.ceiling / p.adoption_share_yr if p.adoption_share_yr > 0.0 else 0.0
        studying = (since > 0.0) & (since <= lag)
        spreading = (since > lag) & (since <= lag + 52.0 * years)
        usd = np.where(studying, weekly(p.research_musd * 52.0 / max(lag, 1.0)), 0.0)
        usd = usd + np.where(spreading, weekly(p.adoption_musd / max(years, 1.0 / 52.0)), 0.0)
        return [*self.press(self.adopted(memory)[:, np.newaxis]), self.pays(usd, self.line)]

    def press(self, adopted: np.ndarray) -> Answer:
        """What the share taken up changes."""
        raise NotImplementedError
