"""The commons: what is public is for anybody, to be found, followed, cited and downloaded.

Everything here is the same for all who ask, whatever key or session they have: it is what the public sees.
"""
