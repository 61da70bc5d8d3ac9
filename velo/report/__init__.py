"""A run set out on one page: figures as plain JSON, and a self-contained HTML file made of them."""
