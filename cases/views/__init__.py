"""The pages of cases: each reads the request, asks the policy, calls one action and shows what came of it."""
