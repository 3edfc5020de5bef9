"""How far two places of a small district lie apart: plane arithmetic on degrees, good to a per mille within 10 km."""

import math
from dataclasses import dataclass

# Metres of one degree of latitude (mean sphere).
DEGREE = 111_195.0


@dataclass(frozen=True)
class Surroundings:
    """Everything within ``metres`` of a point, as a box in degrees and as the plane's measure inside it."""

    longitude: float
    latitude: float
    metres: float

    @property
    def metres_per_longitude(self) -> float:
        """Metres of one degree of longitude here; never 0, so that a pole divides nothing by it."""
        return max(1.0, DEGREE * math.cos(math.radians(self.latitude)))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north: what an index can find."""
        width, height = self.metres / self.metres_per_longitude, self.metres / DEGREE
        return self.longitude - width, self.latitude - height, self.longitude + width, self.latitude + height

    def distance(self, longitude: float, latitude: float) -> float:
        """Metres from the point."""
        return math.hypot(
            (longitude - self.longitude) * self.metres_per_longitude, (latitude - self.latitude) * DEGREE
        )
