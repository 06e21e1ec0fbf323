"""Topics of Kafka, to which events are sent."""
