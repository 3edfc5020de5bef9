"""What all API resources share: paging, errors, filters, idempotency, schema."""
