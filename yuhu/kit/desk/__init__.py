"""What the admin doors of every app are made of: scoped lists, known filters, forms that end in an action.

No domain words. Leaves to others: who may do what (staffing.admin), and what stands in a list (each app's ``admin``).
"""
