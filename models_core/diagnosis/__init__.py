"""Diagnosis of errors in equation solving: exact algebra gathers evidence, a small trained network weighs it.

`equations` reads and calculates, `evidence` says what is so, `student` weighs it (torch), `findings` says which single
wrong rule leads from one equation to another, `errors` puts every error into words. Only `student`, `shipped` and
`train` import torch.
"""
