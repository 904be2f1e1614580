"""The site: pages, conversations, the people in it and the models that serve them."""
