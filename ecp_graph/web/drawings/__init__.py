"""Pictures that survive a meeting: what all drawings share when they leave the site."""
