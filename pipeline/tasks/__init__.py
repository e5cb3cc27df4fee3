"""What Airflow and the commands call: settings, database and clock are made here."""
