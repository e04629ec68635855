from pathlib import Path

JAR: Path | None = Path("/usr/share/omegat/OmegaT.jar")
