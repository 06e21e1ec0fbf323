"""The pictures that other sites show beside a link to something public: a journey, with the thing's lane in colour."""
