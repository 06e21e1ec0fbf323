"""All figures of a cohort: the page of evaluators and funders."""
