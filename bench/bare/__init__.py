"""The limit beside which figures are measured: the smallest Django projects that do a comparable thing."""
