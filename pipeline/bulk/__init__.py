"""One step a file, one public function each: load, judge, save; safe to run twice."""
