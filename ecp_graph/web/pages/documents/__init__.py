"""Documents about things and passages, at their dereferenceable IRIs."""
