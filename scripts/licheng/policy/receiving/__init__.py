"""收訖明細: its form, what differs from what was sent, who was told, who has confirmed (肆.三, 伍.末)."""
