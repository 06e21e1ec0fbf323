"""What may be recorded next about a thing, as links to forms that know already what they are about."""
