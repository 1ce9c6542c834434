"""The 1688 gateway: the only part of the program that talks to 1688. It knows no table and no window.

Start at `client.Gateway`; what it answers is in `values`, what it raises in `services/errors.py`. A foreign answer passes
transport (bytes) → envelope (good, or one error) → wire and answers (checked values). Settings are in `config`.
"""
