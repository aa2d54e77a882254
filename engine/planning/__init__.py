"""Which move is danced when: candidates, constraints, the plan, its alignment and timeline."""
