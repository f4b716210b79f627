"""Study: many runs of scenarios under answers, on one machine or a cluster, compared in pairs."""
