"""The environment check (電腦環境檢測): what is asked of this computer, and one row for each answer."""
