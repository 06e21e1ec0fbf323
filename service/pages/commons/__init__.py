"""The commons: what is public is for anybody, to be found, followed, cited and downloaded.

Everything here is the same for all who ask, with any key or session and without: it is what the public sees.
"""
