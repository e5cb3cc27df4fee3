"""The environment check (電腦環境檢測): one row a setting, with what it should be and what it is."""
