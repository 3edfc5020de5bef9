"""Ground floor: no models, no domain words, nothing imported from above."""
